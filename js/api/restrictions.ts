// Restrictions of a queue.

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
