// The public types of a queue: its options and its events.

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

/** Limits of a queue, in addition to the provider's. All bounds are inclusive; what is left out is no limit. */
export interface Restrictions {
  /** Bytes. */
  maxFileSize?: number;
  /** Bytes. */
  minFileSize?: number;
  /** Bytes of all files together. */
  maxTotalFileSize?: number;
  /** Uploads in the queue at once, finished ones included. */
  maxNumberOfFiles?: number;
  /** `start` rejects if there are fewer. */
  minNumberOfFiles?: number;
  /**
   * As in `<input accept>`: `'image/*'`, `'video/mp4'`, `'.mov'`. Compared with a file's content when it is the upload's
   * turn; a file of another type fails as `rejected`, and nothing of it is sent.
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
   * Whether uploads start as files are added. If `false`, they start with `start()`.
   * @default true
   */
  autoProceed?: boolean;
  /** Limits for the files that are added. */
  restrictions?: Restrictions;
}

/** Progress of all uploads of a queue together. */
export interface TotalProgress extends Progress {
  /** Uploads in the queue, finished ones included. */
  files: number;
  /** Uploads that succeeded. */
  succeeded: number;
  /** Uploads that failed or were aborted. */
  failed: number;
}

/** How the uploads of a queue ended since the last `complete`, without those that were removed. */
export interface Outcome {
  /** The assets. */
  successful: RemoteAsset[];
  /** `UploadError`s, and reasons of aborts. */
  failed: unknown[];
}

/** The events of an `Uploader`, with the arguments of a listener. */
export interface UploaderEvents {
  /** An upload was added; it has not started. */
  'file-added': [task: UploadTask<RemoteAsset>];
  /** An upload was removed. No other event of it follows. */
  'file-removed': [task: UploadTask<RemoteAsset>];
  /** A file violates restrictions and was not added. */
  'restriction-failed': [source: Source, violations: Violation[]];
  /** An upload starts; after a retry, again. */
  'upload-start': [task: UploadTask<RemoteAsset>];
  /** What an iteration over the upload yields: the events below, each stage, each change of its status. */
  'upload-event': [task: UploadTask<RemoteAsset>, event: UploadEvent<RemoteAsset>];
  /** An upload has made progress; at most every 50 ms or so. */
  'upload-progress': [task: UploadTask<RemoteAsset>, progress: Progress];
  /** A request failed and will be sent again. */
  'upload-retry': [task: UploadTask<RemoteAsset>, retry: Retry];
  /** An upload succeeded. */
  'upload-success': [task: UploadTask<RemoteAsset>, asset: RemoteAsset];
  /** An upload failed with an `UploadError`, or was aborted for this reason. */
  'upload-error': [task: UploadTask<RemoteAsset>, error: unknown];
  /** Progress of all uploads together; at most every 50 ms or so. */
  progress: [progress: TotalProgress];
  /** The queue became idle: every upload is over. Dispatched once each time. */
  complete: [outcome: Outcome];
}
