// SHA-256 by WebCrypto: native and off the thread, but only for bytes that are in memory as a whole. For the page and the
// host of the core.

import { Budget } from './budget.js';
import { freeBuffer } from './free-buffer.js';

/** The size of the largest file that is hashed at once, and the number of bytes that are hashed at the same time. */
const MAX_BYTES = 32 << 20;

/** How long a file waits, at most: one on a drive that is away may be stuck, and must not stop others. */
const MAX_WAIT_MILLIS = 5_000;

const memory = new Budget(MAX_BYTES);

/**
 * Returns the SHA-256 of a file, or of its bytes if they have been read. Returns `undefined` if the file is too large, has
 * changed or cannot be read, or if there is no WebCrypto, which only secure contexts have.
 */
export async function digest(source: Blob | Uint8Array<ArrayBuffer>): Promise<Uint8Array | undefined> {
  const subtle = globalThis.crypto?.subtle;
  const size = 'size' in source ? source.size : source.byteLength;
  if (!subtle || size > MAX_BYTES) return undefined;
  const giveBack = await memory.take(size, MAX_WAIT_MILLIS);
  try {
    const bytes = 'size' in source ? await source.arrayBuffer() : source;
    if (bytes.byteLength !== size) return undefined;
    const hash = await subtle.digest('SHA-256', bytes);
    if ('size' in source) freeBuffer(bytes as ArrayBuffer);
    return new Uint8Array(hash);
  } catch {
    // The core reports a file that cannot be read.
  } finally {
    giveBack();
  }
  return undefined;
}
