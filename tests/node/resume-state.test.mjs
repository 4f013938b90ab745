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

test('the parts of a state that another one replaces before it is stored are kept', async () => {
  const database = new URL('recording-database.mjs', import.meta.url);
  const { Session, records } = await bundled(
    "export { Session } from './resume/session.js'; export { records } from './resume/database.js';",
    { database, lock: database },
  );
  const session = await Session.open();
  const about = { size: 20 };
  await session.save(state(), about);
  const all = state({ digests: btoa('\x01\x01') });
  const submitting = JSON.stringify({ phase: 'submit' });
  await Promise.all([session.save(all, about), session.save(submitting, about)]);
  const { parts, storedBytes, continuation } = records.at(-1);
  assert.deepEqual([parts, storedBytes, continuation], [all, 20, submitting]);
});
