// What is uploaded, and whether it is hashed.

/** What to upload: a file, or a URL that the provider fetches. */
export type Source = Blob | string | URL;

/** Whether a checksum is computed: `'sha256'`, or `'skip'`. */
export type Checksum = 'sha256' | 'skip';
