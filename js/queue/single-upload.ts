// The state of one upload at a time, for hooks and composables.

import type { Progress, RemoteAsset, Source, UploadTask, Violation } from '../api/types.js';
import type { StatusFields, UploadFields, UploadState } from './upload-store.js';
import type { Uploader } from './uploader.js';

/** Before the first upload, and after `reset()`. */
export interface IdleUpload {
  /** There is no upload. */
  readonly status: 'idle';
  /** There is no stage. */
  readonly stage: undefined;
  /** Nothing was sent. */
  readonly progress: Progress;
  /** There is no file. */
  readonly media: undefined;
  /** There are no warnings. */
  readonly warnings: readonly Violation[];
  /** There is no retry. */
  readonly retry: undefined;
  /** There is no asset. */
  readonly asset: undefined;
  /** There is no error. */
  readonly error: undefined;
}

/**
 * The state of one upload at a time; `status` discriminates the union. With the status `'succeeded'`, it has an `asset`; with
 * `'failed'`, an `error`; with `'aborted'`, the reason as `error`. While the upload waits to retry, it has a `retry`.
 */
export type SingleUpload =
  | IdleUpload
  | (StatusFields & Pick<UploadFields, 'stage' | 'progress' | 'media' | 'warnings'>);

/** Functions that control one upload at a time. They are stable, so you can pass them to other components. */
export interface UploadActions {
  /** Uploads a file or a URL. An earlier upload is aborted and removed. */
  upload: { (source: Blob): UploadTask; (source: Source): UploadTask<RemoteAsset> };
  /** Pauses the upload until `resume()`. */
  pause: () => void;
  /** Resumes the upload. */
  resume: () => void;
  /** Aborts the upload. `retry()` restarts it. */
  abort: () => void;
  /** Restarts an upload that failed or was aborted. If the upload is waiting to retry, it retries immediately. */
  retry: () => void;
  /** Aborts the upload and removes it. */
  reset: () => void;
}

const IDLE = { status: 'idle', progress: { fraction: 0, sentBytes: 0, totalBytes: 0 }, warnings: [] };

/** The state of the first upload; idle if there is none. */
export const singleUpload = ([upload]: readonly UploadState[]): SingleUpload =>
  upload ?? (IDLE as unknown as IdleUpload);

/** Functions that control the only upload of a queue. */
export function uploadActions(uploader: Uploader): UploadActions {
  const current = () => uploader.tasks[0];
  const reset = () => {
    for (const task of uploader.tasks) uploader.remove(task);
  };
  return {
    upload: ((source: Source) => {
      reset();
      return uploader.add(source);
    }) as UploadActions['upload'],
    pause: () => current()?.pause(),
    resume: () => current()?.resume(),
    abort: () => current()?.abort(),
    retry: () => current()?.retry(),
    reset,
  };
}
