// A queue: its options, its progress and its events.

import type { RemoteAsset } from './asset.js';
import type { UploadOptions, UploadSettings, WithoutProvider } from './options.js';
import type { Progress, Retry } from './progress.js';
import type { Restrictions } from './restrictions.js';
import type { ResumeOptions } from './resume-types.js';
import type { Source } from './source.js';
import type { UploadEvent, UploadTask } from './upload.js';
import type { Violation } from './violation.js';

/**
 * Options of an `Uploader`, and of each upload in it. Without a `provider`, pass one to each call of `add()` or `addAll()`.
 */
export type UploaderOptions = QueueSettings & (UploadOptions | (UploadSettings & WithoutProvider));

/** The options of a queue itself. */
export interface QueueSettings {
  /**
   * The maximum number of uploads that run at the same time.
   * @default 4, or up to 8 while some of their files are smaller than 1 MiB
   */
  concurrency?: number;
  /**
   * Whether uploads start when files are added. If `false`, they start with `start()`.
   * @default true
   */
  autoProceed?: boolean;
  /** Limits for the files that are added. */
  restrictions?: Restrictions;
  /**
   * Whether uploads in parts can be resumed after the page was closed or reloaded. The data for this is stored in the browser's
   * IndexedDB until the upload ends or expires: never bytes of the file, and its name only with `{ names: true }`.
   * @default false
   */
  resume?: boolean | ResumeOptions;
}

/** Progress of all uploads of a queue together. */
export interface TotalProgress extends Progress {
  /** The number of uploads in the queue, finished ones included. */
  files: number;
  /** The number of uploads that succeeded. */
  succeeded: number;
  /** The number of uploads that failed or were aborted. */
  failed: number;
}

/** The results of all uploads that ended since the last `complete`, without those that were removed. */
export interface QueueResult {
  /** The assets of successful uploads. */
  successful: RemoteAsset[];
  /** The errors of failed uploads, and the reasons of aborted ones. */
  failed: unknown[];
}

/** The events of an `Uploader`, with the arguments of a listener. */
export interface UploaderEvents {
  /** An upload was added. It has not started yet. */
  'file-added': [task: UploadTask<RemoteAsset>];
  /** An upload was removed. This is its last event. */
  'file-removed': [task: UploadTask<RemoteAsset>];
  /** A file was not added because it violates restrictions. */
  'restriction-failed': [source: Source, violations: Violation[]];
  /** An upload started. Dispatched again after a retry. */
  'upload-start': [task: UploadTask<RemoteAsset>];
  /** Any event that an iteration over the upload yields, such as a new stage or status. */
  'upload-event': [task: UploadTask<RemoteAsset>, event: UploadEvent<RemoteAsset>];
  /** An upload progressed. Dispatched at most about every 50 ms. */
  'upload-progress': [task: UploadTask<RemoteAsset>, progress: Progress];
  /** A request failed and will be sent again. */
  'upload-retry': [task: UploadTask<RemoteAsset>, retry: Retry];
  /** An upload succeeded. */
  'upload-success': [task: UploadTask<RemoteAsset>, asset: RemoteAsset];
  /** An upload failed with this error, or was aborted with this reason. */
  'upload-error': [task: UploadTask<RemoteAsset>, error: unknown];
  /** Interrupted uploads cannot be stored, for example in a private window or because storage is full. Uploads continue. */
  'resume-unavailable': [error: unknown];
  /** Progress of all uploads together. Dispatched at most about every 50 ms. */
  progress: [progress: TotalProgress];
  /** The queue became idle: every upload is over. */
  complete: [result: QueueResult];
}
