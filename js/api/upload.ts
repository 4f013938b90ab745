// One upload: its source, its status, its events and its task.

import type { Stage } from '../generated/core.js';
import type { Asset, RemoteAsset } from './asset.js';
import type { Media } from './media.js';
import type { Progress, Retry } from './progress.js';
import type { Source } from './source.js';
import type { Violation } from './violation.js';

/**
 * The status of an upload: waiting for its turn (`queued`), running (`uploading`), `paused`, or over (`succeeded`, `failed`,
 * `aborted`). `retry()` restarts an upload that failed or was aborted.
 */
export type Status = 'queued' | 'uploading' | 'paused' | 'succeeded' | 'failed' | 'aborted';

/** An event of an upload. `type` discriminates the union. */
export type UploadEvent<A extends RemoteAsset = Asset> =
  /** The status changed. */
  | { type: 'status'; status: Status }
  /** A stage started. */
  | { type: 'stage'; stage: Stage }
  /** The file has been identified. Nothing has been sent yet. With `fix`, the fixed file follows in an event of its own. */
  | { type: 'inspected'; media: Media }
  /** The file is accepted, but the provider recommends something else, a limit could not be checked, or a photo states its location. */
  | { type: 'warnings'; warnings: Violation[] }
  /** The upload progressed. A slow iteration receives only the latest of these events. */
  | { type: 'progress'; progress: Progress }
  /** Something failed and will be retried. */
  | { type: 'retry'; retry: Retry }
  /** Storage no longer has the parts that were sent, so the file is sent again from its beginning. */
  | { type: 'restarted' }
  /** The upload succeeded. This is the last event. */
  | { type: 'success'; asset: A };

/**
 * An upload. Await it for the asset, or iterate over it for its events.
 *
 * An iteration ends with `success`, or throws the error with which the promise rejects. Ending an iteration early does not
 * stop the upload.
 */
export interface UploadTask<A extends RemoteAsset = Asset> extends PromiseLike<A>, AsyncIterable<UploadEvent<A>> {
  /** An id that is unique on the page, for example for use as a key in a list. */
  readonly id: string;
  /** The file or URL that is uploaded. */
  readonly source: Source;
  /** What is sent: the source, or the file that the options `fix` and `privacy` have made of it. */
  readonly sent: Source;
  /** The current status. */
  readonly status: Status;
  /** The current stage, or the last one if the upload is over; `undefined` before the first. */
  readonly stage: Stage | undefined;
  /** The current progress. */
  readonly progress: Progress;
  /** What the file contains; `undefined` until it has been identified, and for a URL. */
  readonly media: Media | undefined;
  /** Resolves to the asset. `retry()` replaces it with a new promise. */
  readonly result: Promise<A>;
  /**
   * Pauses the upload until `resume()`. A presigned PUT is cancelled, and starts again from its first byte. If the file is sent in
   * parts, only the parts in flight start again. A form POST or a request that creates an asset is not cancelled, because it must
   * not be sent twice: `status` becomes `'paused'` after its response.
   */
  pause(): void;
  /** Resumes the upload. Does nothing if it is not paused. */
  resume(): void;
  /**
   * Restarts an upload that failed or was aborted, and replaces `result`. If the upload is waiting to retry, it retries
   * immediately. Check an error's `retryable` to find out whether a retry may help.
   *
   * A retry does not create a second asset. If an asset was created, the upload continues to wait for it. If the outcome of
   * the last request is unknown (`outcomeUnknown`), the upload asks the gateway, and repeats the request only if it certainly
   * did not arrive.
   * @param options with `force`, repeats the request even if its outcome stays unknown; the provider may then have two assets
   */
  retry(options?: { force?: boolean }): void;
  /**
   * Aborts the upload at any stage. It rejects with `reason`. The provider may keep what it has received. Parts of the file are
   * removed from storage.
   * @param reason defaults to a `DOMException` named `AbortError`
   */
  abort(reason?: unknown): void;
  /** See `Promise.prototype.then`. */
  then<T = A, F = never>(
    fulfilled?: ((asset: A) => T | PromiseLike<T>) | null,
    rejected?: ((reason: unknown) => F | PromiseLike<F>) | null,
  ): Promise<T | F>;
  /** See `Promise.prototype.catch`. */
  catch<F = never>(rejected?: ((reason: unknown) => F | PromiseLike<F>) | null): Promise<A | F>;
  /** See `Promise.prototype.finally`. */
  finally(settled?: (() => void) | null): Promise<A>;
}
