// One upload: its source, its status, its events and its task.

import type { Stage } from '../generated/core.js';
import type { Asset, RemoteAsset } from './asset.js';
import type { Media } from './media.js';
import type { Progress, Retry } from './progress.js';
import type { Violation } from './violation.js';

/** What is uploaded: bytes, or an address that the provider fetches. */
export type Source = Blob | string | URL;

/**
 * How an upload is doing: it waits for its turn (`queued`), runs (`uploading`), stands still (`paused`), or is over
 * (`succeeded`, `failed`, `aborted`). `retry` leads back from the last two.
 */
export type Status = 'queued' | 'uploading' | 'paused' | 'succeeded' | 'failed' | 'aborted';

/** What happens in an upload, told apart by `type`. */
export type UploadEvent<A extends RemoteAsset = Asset> =
  /** It is doing something else now. */
  | { type: 'status'; status: Status }
  /** A stage begins. */
  | { type: 'stage'; stage: Stage }
  /** It is known what the file is; nothing has been sent. */
  | { type: 'inspected'; media: Media }
  /** The provider accepts the file but recommends something else, or a limit could not be checked. */
  | { type: 'warnings'; warnings: Violation[] }
  /** It has moved on. Who iterates slowly gets the last report only. */
  | { type: 'progress'; progress: Progress }
  /** Something failed and will be tried again. */
  | { type: 'retry'; retry: Retry }
  /** It is done. Nothing follows. */
  | { type: 'success'; asset: A };

/**
 * An upload that is under way. Await it for the asset, or iterate over it for what happens.
 *
 * An iteration ends with `success`, or throws what the promise rejects with. Leaving it early stops nothing.
 */
export interface UploadTask<A extends RemoteAsset = Asset> extends PromiseLike<A>, AsyncIterable<UploadEvent<A>> {
  /** Tells it from the page's other uploads, for example as a key in a list. */
  readonly id: string;
  /** What is uploaded. */
  readonly source: Source;
  /** How it is doing. */
  readonly status: Status;
  /** The stage that is running, or was when it ended; `undefined` before the first. */
  readonly stage: Stage | undefined;
  /** How far it is. */
  readonly progress: Progress;
  /** What the file is, once that is known. */
  readonly media: Media | undefined;
  /** The asset; after `retry`, that of the new try. */
  readonly result: Promise<A>;
  /**
   * Stops what is being sent until `resume`; a presigned PUT then starts again from its first byte. A form POST and
   * what creates an asset are not cut, for they may not be sent twice: `status` is `'paused'` after their answer.
   */
  pause(): void;
  /** Goes on after `pause`; nothing happens where there was none. */
  resume(): void;
  /**
   * Starts again after a failure or an abort; while it waits to try again, tries at once. `result` is a new promise
   * after that. An error's `retryable` says whether it may help.
   *
   * It creates no second asset: after an asset was created it continues to wait for it, and if the outcome of the last
   * request is unknown (`outcomeUnknown`), it asks the gateway and sends nothing again unless that is certain not to have arrived.
   * @param options `force` sends it again even if the outcome stays unknown; the provider may then have two assets
   */
  retry(options?: { force?: boolean }): void;
  /**
   * Ends it at any stage; it rejects with the reason. What the provider has got by then, it may keep.
   * @param reason a `DOMException` named `AbortError` where none is given
   */
  abort(reason?: unknown): void;
  /** As a promise's. */
  then<T = A, F = never>(
    fulfilled?: ((asset: A) => T | PromiseLike<T>) | null,
    rejected?: ((reason: unknown) => F | PromiseLike<F>) | null,
  ): Promise<T | F>;
  /** As a promise's. */
  catch<F = never>(rejected?: ((reason: unknown) => F | PromiseLike<F>) | null): Promise<A | F>;
  /** As a promise's. */
  finally(settled?: (() => void) | null): Promise<A>;
}
