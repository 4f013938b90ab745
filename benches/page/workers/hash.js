// Hashes files one after another, with the package that the name of the worker selects.

import { sha256 as noble } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { createSHA256 } from 'hash-wasm';

/** The bytes that are read at a time. Slices are faster than `stream()`, and WebKit's stream has no back-pressure. */
const SLICE_BYTES = 16 << 20;

const HASHERS = {
  'hash-wasm': async () => {
    const hasher = await createSHA256();
    hasher.init();
    return { update: (bytes) => hasher.update(bytes), digest: () => hasher.digest('hex') };
  },
  noble: async () => {
    const hasher = noble.create();
    return { update: (bytes) => hasher.update(bytes), digest: () => bytesToHex(hasher.digest()) };
  },
};

let last = Promise.resolve();

addEventListener('message', ({ data: file }) => {
  last = last.then(async () => postMessage(await hash(file)));
});

/** Reads the next slice while the current one is hashed. */
async function hash(file) {
  const hasher = await HASHERS[name]();
  const read = (at) => at < file.size && file.slice(at, at + SLICE_BYTES).arrayBuffer();
  let next = read(0);
  for (let at = 0; at < file.size; ) {
    const bytes = await next;
    at += bytes.byteLength;
    next = read(at);
    hasher.update(new Uint8Array(bytes));
  }
  return hasher.digest();
}
