// Which uploads can be resumed, and for how long.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { presignedParts } from 'mediaferry';
import { bundled } from './bundled.mjs';

const { readParts, mayBeInParts } = await bundled(
  "export { readParts } from './resume/continuation.js'; export { mayBeInParts } from './upload/in-parts.js';",
);
const MIB = 1 << 20;
const state = (more) => JSON.stringify({ phase: 'parts', partSize: 10, digests: btoa('\x01\0'), ...more });

test('an upload whose backend does not say when it expires can be resumed for a day', () => {
  assert.equal(readParts(state({ expiresAt: 7_000 }), 20).expiresAt, 7_000);
  const day = 24 * 60 * 60 * 1000;
  const left = readParts(state(), 20).expiresAt - Date.now();
  assert.ok(left > day - 10_000 && left <= day, `${left} ms`);
  assert.equal(readParts(state({ digests: btoa('\0\0') }), 20), undefined, 'nothing is stored');
});

test('a backend for parts gets small files in parts, too', () => {
  const provider = presignedParts({ create() {}, sign() {}, complete() {} });
  const [small, large] = [{ size: MIB }, { size: 64 * MIB }];
  assert.equal(mayBeInParts(small, { provider }), true);
  assert.equal(mayBeInParts(small, { provider: 'apiframe' }), false);
  assert.equal(mayBeInParts(large, { provider: 'apiframe' }), true);
  assert.equal(mayBeInParts(small, { provider: 'apiframe', multipartThreshold: MIB }), true);
});
