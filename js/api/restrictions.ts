// Restrictions of a queue.

/** Limits of a queue, in addition to the provider's. All bounds are inclusive. A limit that is left out does not apply. */
export interface Restrictions {
  /** The maximum size of a file in bytes. */
  maxFileSize?: number;
  /** The minimum size of a file in bytes. */
  minFileSize?: number;
  /** The maximum size of all files together in bytes. */
  maxTotalFileSize?: number;
  /** The maximum number of uploads in the queue, finished ones included. */
  maxNumberOfFiles?: number;
  /** The minimum number of uploads; `start()` rejects if there are fewer. */
  minNumberOfFiles?: number;
  /**
   * Allowed types, as in `<input accept>`: `'image/*'`, `'video/mp4'`, `'.mov'`; a list, or one string with commas. Compared with
   * the file's content when its upload starts. A file of another type fails with the code `rejected`, and nothing of it is sent.
   */
  allowedFileTypes?: readonly string[] | string;
}
