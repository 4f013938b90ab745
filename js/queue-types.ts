// The public shapes of a queue: what it is told, and what it tells.

import type {
  Progress,
  RemoteAsset,
  Retry,
  Source,
  UploadEvent,
  UploadOptions,
  UploadTask,
  Violation,
} from './types.js';

/** What a queue takes, beside the provider's own limits. All bounds are inclusive; what is left out is no limit. */
export interface Restrictions {
  /** Bytes. */
  maxFileSize?: number;
  /** Bytes. */
  minFileSize?: number;
  /** Bytes of all files together. */
  maxTotalFileSize?: number;
  /** Uploads in the queue at once, the finished ones too. */
  maxNumberOfFiles?: number;
  /** `start` refuses to begin with fewer. */
  minNumberOfFiles?: number;
  /**
   * As in `<input accept>`: `'image/*'`, `'video/mp4'`, `'.mov'`. A file that calls itself something else is refused
   * when it is added, one that is something else when it is looked at.
   */
  allowedFileTypes?: readonly string[];
}

/** Options of an `Uploader`, and of each upload in it. */
export interface UploaderOptions extends Partial<UploadOptions> {
  /**
   * How many uploads run at once.
   * @default 4
   */
  concurrency?: number;
  /**
   * Whether uploads begin as files are added; if not, with `start`.
   * @default true
   */
  autoProceed?: boolean;
  /** What is refused before it is sent. */
  restrictions?: Restrictions;
}

/** How far a queue is. */
export interface TotalProgress extends Progress {
  /** Uploads in the queue, the finished ones too. */
  files: number;
  /** Those that have succeeded. */
  succeeded: number;
  /** Those that have failed or were aborted. */
  failed: number;
}

/** What came of a queue since the last `complete`. */
export interface Outcome {
  /** The assets. */
  successful: RemoteAsset[];
  /** `UploadError`s, and reasons for aborts. */
  failed: unknown[];
}

/** The events of an `Uploader`, with what a listener is called with. */
export interface UploaderEvents {
  /** An upload was added; it has not begun. */
  'file-added': [task: UploadTask<RemoteAsset>];
  /** An upload was taken out. */
  'file-removed': [task: UploadTask<RemoteAsset>];
  /** A file was refused when it was added. */
  'restriction-failed': [source: Source, violations: Violation[]];
  /** It is an upload's turn. */
  'upload-start': [task: UploadTask<RemoteAsset>];
  /** What an iteration over the upload gives: the events below, each stage, each change of its status. */
  'upload-event': [task: UploadTask<RemoteAsset>, event: UploadEvent<RemoteAsset>];
  /** An upload has moved on; at most every 50 ms or so. */
  'upload-progress': [task: UploadTask<RemoteAsset>, progress: Progress];
  /** Something failed and will be tried again. */
  'upload-retry': [task: UploadTask<RemoteAsset>, retry: Retry];
  /** An upload is done. */
  'upload-success': [task: UploadTask<RemoteAsset>, asset: RemoteAsset];
  /** It failed with an `UploadError`, or was aborted for this reason. */
  'upload-error': [task: UploadTask<RemoteAsset>, error: unknown];
  /** All uploads together have moved on; at most every 50 ms or so. */
  progress: [progress: TotalProgress];
  /** Nothing is left to do. */
  complete: [outcome: Outcome];
}
