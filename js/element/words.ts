// What the element says, in English where the page gives no words of its own.

import { report } from '../emitter.js';
import type { Stage, Status, TotalProgress } from '../types.js';

/** The element's words. Amounts and times come to them written out in the language. */
export interface Words {
  /** The language that numbers and units are written in. */
  language: string;
  /** On the drop zone. */
  invitation: (isMultiple: boolean) => string;
  /** On the button that pauses. */
  pause: string;
  /** On the button that lets it go on. */
  resume: string;
  /** On the button that aborts. */
  cancel: string;
  /** On the button that begins again. */
  retry: string;
  /** On the button that takes it out of the list. */
  remove: string;
  /** What a button does, with the name of the file that it does it to, for those who cannot see where it is. */
  action: (verb: string, name: string) => string;
  /** A file without a name. */
  unnamed: string;
  /** What an upload does. */
  stages: Record<Stage, string>;
  /** How it is, where it does nothing. */
  statuses: Record<Exclude<Status, 'uploading'>, string>;
  /** A file is in the list now. */
  added: (name: string) => string;
  /** How much of a file has been sent. */
  sent: (part: string, whole: string) => string;
  /** How long it still takes. */
  left: (time: string) => string;
  /** Follows the reason for it. */
  nextTry: (time: string) => string;
  /** How far all uploads are. */
  total: (progress: TotalProgress) => string;
  /** The list's name, for screen readers. */
  list: string;
  /** On the button below a long list, with the number of uploads that it does not show. */
  more: (count: number) => string;
  /** The name of a bar, for screen readers. */
  progress: (name: string) => string;
  /** The name of the bar of all uploads, for screen readers. */
  totalProgress: string;
  /** What was dropped cannot be read. */
  unreadable: string;
  /** How many more were not added than those whose reasons are shown. */
  moreRefused: (count: number) => string;
  /** The form cannot be sent without a file. */
  missing: string;
  /** The form cannot be sent yet. */
  stillUploading: string;
  /** The form cannot be submitted: uploads have failed, and a retry of some may help. */
  failures: string;
  /** The form cannot be submitted: uploads have failed, and no retry will help. */
  unusable: string;
}

export const ENGLISH: Words = {
  language: 'en',
  invitation: (isMultiple) => (isMultiple ? 'Choose files or drop them here' : 'Choose a file or drop it here'),
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  retry: 'Try again',
  remove: 'Remove',
  action: (verb, name) => `${verb} ${name}`,
  unnamed: 'Pasted file',
  stages: {
    inspect: 'Checking the file',
    hash: 'Computing its checksum',
    ticket: 'Asking for a place to put it',
    transfer: 'Sending',
    submit: 'Waiting for confirmation',
    process: 'Waiting for it to be processed',
  },
  statuses: { queued: 'Waiting', paused: 'Paused', succeeded: 'Uploaded', failed: 'Failed', aborted: 'Cancelled' },
  added: (name) => `${name} added`,
  sent: (part, whole) => `${part} of ${whole}`,
  left: (time) => `${time} left`,
  nextTry: (time) => `Next try in ${time}.`,
  total: ({ files, succeeded }) => `${succeeded} of ${files} uploaded`,
  list: 'Files',
  more: (count) => `Show more: ${count} are not shown`,
  progress: (name) => `Upload of ${name}`,
  totalProgress: 'All uploads',
  unreadable: 'Some of what was dropped cannot be read.',
  moreRefused: (count) => `${count} more were not added.`,
  missing: 'Choose a file.',
  stillUploading: 'Wait until everything is uploaded.',
  failures: 'Try again or remove the files that failed.',
  unusable: 'Remove the files that cannot be uploaded.',
};

/**
 * The page's words, with English for what it leaves out. A text may stand for a function, and a function for a text. What
 * throws or is no text is reported once, and English stands in for it.
 */
export function wordsOf(own: Partial<Words> = {}): Words {
  const words = completed(ENGLISH, own, 'words') as Words;
  try {
    new Intl.NumberFormat(words.language);
  } catch (error) {
    report(error);
    words.language = ENGLISH.language;
  }
  return words;
}

type Word = string | ((...facts: unknown[]) => unknown);

function completed(english: object, own: object, path: string): object {
  const entries = Object.entries(english).map(([key, standard]: [string, Word | object]) => {
    const given = own[key as never] ?? standard;
    const name = `${path}.${key}`;
    if (typeof standard === 'object') return [key, completed(standard, Object(given) as object, name)];
    const said = (word: Word, facts: unknown[]) => (typeof word === 'function' ? word(...facts) : word);
    let isReported = false;
    const say = (...facts: unknown[]) => {
      try {
        const text = said(given, facts);
        if (typeof text === 'string') return text;
        throw new TypeError(`${name} is no string`);
      } catch (error) {
        if (!isReported) report(error);
        isReported = true;
        return said(standard, facts);
      }
    };
    return [key, typeof standard === 'function' ? say : say()];
  });
  return Object.fromEntries(entries);
}
