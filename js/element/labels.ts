// The type of the element's labels.

import type { Stage, Status, TotalProgress } from '../api/types.js';

/** The texts of `<media-ferry>`. Sizes, rates and times are passed to them as formatted text. */
export interface Labels {
  /** The language in which numbers and units are formatted, a BCP 47 tag. */
  language: string;
  /** The text of the drop zone. */
  invitation: (isMultiple: boolean) => string;
  /** The button that pauses an upload. */
  pause: string;
  /** The button that resumes an upload. */
  resume: string;
  /** The button that aborts an upload. */
  cancel: string;
  /** The button that retries an upload. */
  retry: string;
  /** The button that removes an upload from the list. */
  remove: string;
  /** The accessible name of a button: its text and the file to which it applies. */
  action: (verb: string, name: string) => string;
  /** The name of a file without one. */
  unnamed: string;
  /** The current stage of an upload. */
  stages: Record<Stage, string>;
  /** The status of an upload that is not running. */
  statuses: Record<Exclude<Status, 'uploading'>, string>;
  /** Announced when a file was added. */
  added: (name: string) => string;
  /** How much of a file has been sent. */
  sent: (part: string, whole: string) => string;
  /** The estimated time until the upload is complete. */
  left: (time: string) => string;
  /** The time until the next retry. It follows the reason. */
  nextTry: (time: string) => string;
  /** The progress of all uploads. */
  total: (progress: TotalProgress) => string;
  /** The accessible name of the list. */
  list: string;
  /** The button below a long list, with the number of uploads that are not shown. */
  more: (count: number) => string;
  /** The accessible name of an upload's progress bar. */
  progress: (name: string) => string;
  /** The accessible name of the progress bar of all uploads. */
  totalProgress: string;
  /** Some dropped items could not be read. */
  unreadable: string;
  /** How many more files were not added, after those whose reasons are shown. */
  moreRefused: (count: number) => string;
  /** The form cannot be submitted without a file. */
  missing: string;
  /** The form cannot be submitted because uploads are not over. */
  stillUploading: string;
  /** The form cannot be submitted because uploads have failed, and a retry of some may help. */
  failures: string;
  /** The form cannot be submitted because uploads have failed, and a retry cannot help. */
  unusable: string;
}
