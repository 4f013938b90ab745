// Reads the core's state of an upload in parts, as `src/upload/parts/resume.rs` writes it.

/** How long an upload can be resumed if the backend does not say when it expires. */
const DAY_MILLIS = 24 * 60 * 60 * 1000;

/** What is known of an upload in parts. */
export interface PartsState {
  partSize: number;
  /** In milliseconds since 1970. */
  expiresAt: number;
  /** The first bytes of the SHA-256 of each part; `undefined` for a part that is not stored. */
  digests: (Uint8Array | undefined)[];
}

/** Reads the state; returns `undefined` if the upload is not in parts, or nothing is stored. */
export function readParts(continuation: string, size: number): PartsState | undefined {
  const { phase, partSize, expiresAt, digests } = JSON.parse(continuation);
  if (phase !== 'parts' || !(partSize > 0) || typeof digests !== 'string') return undefined;
  const bytes = Uint8Array.from(atob(digests), (letter) => letter.charCodeAt(0));
  const count = Math.ceil(size / partSize);
  const length = Math.floor(bytes.length / count);
  const all = Array.from({ length: count }, (_, at) => bytes.subarray(at * length, (at + 1) * length));
  const stored = all.map((digest) => (digest.some((byte) => byte !== 0) ? digest : undefined));
  return stored.some(Boolean)
    ? { partSize, expiresAt: expiresAt || Date.now() + DAY_MILLIS, digests: stored }
    : undefined;
}

/** The number of bytes that are stored. */
export function storedBytes({ partSize, digests }: PartsState, size: number): number {
  return digests.reduce((sum, digest, at) => sum + (digest ? Math.min(partSize, size - at * partSize) : 0), 0);
}
