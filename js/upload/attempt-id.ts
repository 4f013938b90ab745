// The id of the requests of an upload that may create an asset.

import { toHex } from '../runtime/hex.js';

/** Returns 24 random hexadecimal digits, which identify an upload over all attempts that continue it. */
export function createAttemptId(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(12)));
}
