// Progress of an upload, and retries.

import type { ErrorCode } from '../generated/core.js';

/** How far an upload is. */
export interface Progress {
  /** 0 to 1 over all stages. It never goes back, and is 1 only after the provider has answered. */
  fraction: number;
  /** Bytes of the file that have left in the current try. */
  sentBytes: number;
  /** Bytes of the file. */
  totalBytes: number;
  /** A moving average, once something has moved. */
  bytesPerSecond?: number;
  /** Seconds until all bytes have left, at that rate. */
  secondsLeft?: number;
}

/** Something failed and will be tried again. */
export interface Retry {
  /** What failed. */
  error: ErrorCode;
  /** How many tries have failed in this stage. */
  attempt: number;
  /** How long until the next try, in milliseconds; less if the browser comes online or the page becomes visible. */
  delayMillis: number;
  /** How long retrying will continue if nothing moves, in milliseconds. */
  remainingMillis: number;
}
