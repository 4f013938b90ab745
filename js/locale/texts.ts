// The type of a language's texts.

import type { Locale } from '../api/message-types.js';
import type { DetailLabels, FixLabels, Labels } from '../element/labels.js';
import type { Forms } from './plural.js';

/**
 * A text with placeholders: in a message `{limit}` and other data of the error or the violation, in a label the arguments `{0}`
 * and `{1}`, in both `{files}`, a number of files. Numbers are formatted in the language.
 */
type Template = string;

/** The rules whose sentences are made of `Bounds`. */
type Bounded =
  | 'format'
  | 'allowedFileTypes'
  | 'min_width'
  | 'min_height'
  | 'max_aspect_ratio'
  | `${'min' | 'max'}_${'bytes' | 'duration'}`
  | `${'min' | 'max'}FileSize`
  | 'maxTotalFileSize'
  | `max_${'images' | 'videos' | 'audio'}`;

/** The sentences about a value and its limit. `{subject}` is one of the texts without a placeholder. */
interface Bounds {
  /** `{subject}` is `{actual}`, and at most `{limit}` is allowed. */
  above: Template;
  /** `{subject}` is `{actual}`, and at least `{limit}` is needed. */
  below: Template;
  /** The file has no content. */
  empty: string;
  /** The type `{actual}` is not supported. */
  unsupported: Template;
  /** The types `{limit}` are supported. It follows the sentence about the type that is not. */
  supported: Template;
  /** The size of the file. */
  size: string;
  /** The size of all files. */
  total: string;
  width: string;
  height: string;
  /** The aspect ratio. */
  ratio: string;
  duration: string;
  /** The number of images; likewise of videos and audio files. */
  images: string;
  videos: string;
  audio: string;
}

/** The labels that have a text each. */
type Single = Exclude<
  keyof Labels,
  'language' | 'invitation' | 'browse' | 'count' | 'action' | 'total' | 'stages' | 'statuses' | 'details' | 'fix'
>;

/** All texts of a language. Everything that may be missing has the form that most languages share. */
export interface Texts {
  /** A BCP 47 tag. */
  language: string;
  /** Whether the language is written from right to left. Texts from elsewhere are then isolated. */
  isRightToLeft?: true;
  /** A number of files, for each plural category that the language has. `#` is the number. */
  files: Forms;
  /** The number `{0}` in the unit `{1}`: "62 MB". */
  inUnit?: Template;
  /** What the language writes for the letters G, M, k, K, i and B of the units. */
  units?: string;
  /** The unit of a width or a height. */
  pixel?: string;
  /** The HTTP `{status}`, in `{http}`: " (HTTP 503)". */
  http?: Template;
  /** The `{providerMessage}`, in `{details}`: ": the disk is full". */
  details?: Template;
  errors: Record<keyof Locale['errors'], Template>;
  bounds: Bounds;
  /** `source` is for a provider that accepts only URLs, and `file` for one that accepts only files. */
  rules: Record<Exclude<keyof Locale['rules'], Bounded> | 'file', Template>;
  outcomeUnknown: string;
  labels: Record<Single, Template> & {
    /** For one file and for several, if the texts differ. */
    invitation: string | [string, string];
    /** For one file and for several, if the texts differ. */
    browse: string | [string, string];
    /** The button `{0}` for the file `{1}`: "Pause: cat.jpg". */
    action?: Template;
    /** `{succeeded}` of `{all}` are uploaded. */
    total: Template;
    /** `{failed}` of them have failed. It follows `total`. */
    totalFailed: Template;
    stages: Labels['stages'];
    statuses: Labels['statuses'];
    details: Record<Exclude<keyof DetailLabels, 'checksum'>, Template>;
    fix: Record<keyof FixLabels, Template>;
  };
}
