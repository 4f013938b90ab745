// Progress and retries of an upload.

import type { ErrorCode } from '../generated/core.js';

/** Progress of an upload. */
export interface Progress {
  /** 0 to 1 over all stages. It never decreases, and is 1 only after the provider has confirmed the asset. */
  fraction: number;
  /** Bytes of the file that were sent in the current attempt. */
  sentBytes: number;
  /** Size of the file in bytes; 0 for a URL. */
  totalBytes: number;
  /** Moving average of the transfer rate; missing until there is one. */
  bytesPerSecond?: number;
  /** Estimated seconds until all bytes are sent; missing until there is a rate. */
  secondsLeft?: number;
}

/** A failure that will be retried. */
export interface Retry {
  /** The kind of failure. */
  error: ErrorCode;
  /** The number of failed attempts in this stage. */
  attempt: number;
  /** Time until the next attempt, in milliseconds. It is shorter if the browser comes online or the page becomes visible. */
  delayMillis: number;
  /** Time until the upload fails if there is no progress, in milliseconds. */
  remainingMillis: number;
}
