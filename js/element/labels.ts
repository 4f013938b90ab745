// The type of the element's labels.

import type { Stage, Status, TotalProgress } from '../api/types.js';

/** The texts of `<media-ferry>` in a language. Sizes, rates and times are passed to them as formatted text. */
export interface Labels extends ElementLabels {
  /** The texts of the optional parts, which the attribute `details` selects. */
  details: DetailLabels;
  /** The texts of fixes, which the attribute `fix` enables. */
  fix: FixLabels;
}

/** The texts of an element. Those of the optional parts may be missing; they are completed if they are needed. */
export interface ElementLabels {
  /** The language in which numbers and units are formatted, a BCP 47 tag. */
  language: string;
  /** The text of the empty drop zone. Not shown on devices without a pointer that can drop files. */
  invitation: (isMultiple: boolean) => string;
  /** The link in the empty drop zone that opens the file picker. */
  browse: (isMultiple: boolean) => string;
  /** The link in the drop zone while there are files. */
  add: string;
  /** The link in the drop zone while there is a file, and only one is allowed. */
  replace: string;
  /** How many files there are, and how many are allowed. */
  count: (files: number, limit: number) => string;
  /** The text of the drop zone that accepts no more files. */
  full: (limit: number) => string;
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
  /** The button that closes the message about files that were not added. */
  dismiss: string;
  /** The accessible name of a button: its text and the file to which it applies. */
  action: (verb: string, name: string) => string;
  /** The name of a file without one. */
  unnamed: string;
  /** The current stage of an upload. */
  stages: Record<Stage, string>;
  /** The status of an upload that is not running. `rejected` replaces `failed` if the file violates a limit. */
  statuses: Record<Exclude<Status, 'uploading'> | 'rejected', string>;
  /** Announced when a file was added. */
  added: (name: string) => string;
  /** How much of a file has been sent. */
  sent: (part: string, whole: string) => string;
  /** The estimated time until the upload is complete. */
  left: (time: string) => string;
  /** The time until the next retry. It follows the reason. */
  nextTry: (time: string) => string;
  /** A warning about a retry, after the reason of a failure whose outcome is unknown. */
  mayDuplicate: string;
  /** A file violates a limit, and the attribute `fix` could not help. It follows the reasons. */
  unfixable: string;
  /** The progress of all uploads. `failed` counts those that failed, without those that were cancelled. */
  total: (progress: TotalProgress) => string;
  /** The accessible name of the list. */
  list: string;
  /** The button below a long list, with the number of uploads that are not shown. */
  more: (count: number) => string;
  /** The accessible name of an upload's progress bar. */
  progress: (name: string) => string;
  /** The accessible name of the progress bar of all uploads. */
  totalProgress: string;
  /** The accessible name of the list of interrupted uploads. */
  interrupted: string;
  /** How much of an interrupted upload is stored, in percent. */
  uploaded: (percent: string) => string;
  /** The button that forgets an interrupted upload. */
  discard: string;
  /** Another tab is uploading the file of an interrupted upload. */
  inUse: string;
  /** Some dropped items could not be read. */
  unreadable: string;
  /** Several files were not added for the same reason. The reason follows, a sentence. */
  refused: (count: number) => string;
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
  /** The texts of the optional parts, which the attribute `details` selects. Missing ones are in English. */
  details?: Partial<DetailLabels>;
  /** The texts of fixes, which the attribute `fix` enables. Missing ones are in English. */
  fix?: Partial<FixLabels>;
}

/** The texts of the optional parts. */
export interface DetailLabels {
  /** An image with more than one frame. */
  animated: string;
  /** The image or the video is displayed rotated. */
  rotated: string;
  /** The image is displayed mirrored. */
  mirrored: string;
  /** A video without sound. */
  silent: string;
  /** A duration that is estimated. */
  about: (duration: string) => string;
  /** A URL, which the provider fetches. */
  url: string;
  /** The extension or the type of a file does not match its content. */
  mismatch: (declared: string, format: string) => string;
  /** The caption of an asset's `ref`. */
  reference: string;
  /** The caption of an asset's request fragment. */
  fragment: string;
  /** The caption of a file's checksum. */
  checksum: string;
  /** When the provider deletes the asset. */
  expires: (date: string) => string;
  /** The accessible name of a button that copies one of these texts. */
  copy: (what: string, name: string) => string;
  /** Announced when a text was copied. */
  copied: string;
  /** Announced when the browser did not allow the copy, and the text is selected instead. */
  selected: string;
  /** The accessible name of the link to the asset's content. */
  open: (name: string) => string;
  /** The question which providers accept the file. */
  question: string;
  /** A provider accepts the file. */
  accepts: (provider: string) => string;
  /** A provider does not accept the file. The reasons follow, sentences. */
  refuses: (provider: string) => string;
  /** Other providers accept a file that was rejected. Buttons with their names follow. */
  acceptedBy: string;
  /** No provider accepts a file that was rejected. */
  acceptedByNone: string;
  /** The accessible name of a button that sends a rejected file to another provider. */
  send: (name: string, provider: string) => string;
}

/** The texts of fixes. All but the last four are phrases, which `ask` turns into a question. */
export interface FixLabels {
  /** The question whether to carry out the steps, a list of phrases. */
  ask: (steps: string) => string;
  /** The image is converted to another format. */
  convert: (format: string) => string;
  /** The number of pixels is reduced. */
  downscale: (size: string) => string;
  /** The picture is enlarged. */
  upscale: (size: string) => string;
  /** The quality is reduced to meet a size in bytes. */
  compress: (size: string) => string;
  /** Borders are added. */
  pad: string;
  /** Edges are cut off. */
  crop: string;
  /** The end of a video or an audio file is cut off. */
  trim: (duration: string) => string;
  /** A video or an audio file is re-encoded. */
  transcode: (format: string) => string;
  /** The tracks are copied into another container. */
  remux: (format: string) => string;
  /** The index of a video is moved to the front. */
  faststart: string;
  /** Metadata is removed. */
  metadata: string;
  /** The place where the file was recorded is removed. */
  location: string;
  /** A sentence: the animation is lost. */
  firstFrame: string;
  /** The button that carries out the steps. */
  accept: string;
  /** The button that rejects the file. */
  decline: string;
}
