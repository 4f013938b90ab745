// The type of a language's messages and labels.

import type { Locale } from '../api/message-types.js';
import type { Labels } from '../element/labels.js';

/** All texts of the package in one language: the default export of `mediaferry/locale/de`, and of every other language. */
export interface Translation {
  /** The messages of errors, limits and retries, for the option `messages`. */
  messages: Locale;
  /** The labels of `<media-ferry>`, for its property `labels`. */
  labels: Labels;
}
