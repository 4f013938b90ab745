// Ids that no other page draws.

import { toHex } from './hex.js';

/** Returns 24 random hexadecimal digits, also on pages that are not secure. */
export function randomId(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(12)));
}
