// Hashing by WebCrypto: how much is in memory at a time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundled } from './bundled.mjs';

const { digest } = await bundled("export { digest } from './runtime/web-crypto.js';");
const MIB = 1 << 20;
const settle = async () => {
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
};

/** A file whose bytes arrive when `read()` is called. */
function file(size) {
  let read;
  const bytes = new Promise((resolve) => {
    read = () => resolve(new ArrayBuffer(size));
  });
  const blob = { size, isReading: false, read };
  blob.arrayBuffer = () => {
    blob.isReading = true;
    return bytes;
  };
  return blob;
}

test('a file whose reading is stuck stops others for five seconds', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [stuck, other] = [file(20 * MIB), file(20 * MIB)];
  void digest(stuck);
  const hashing = digest(other);
  t.mock.timers.tick(4_999);
  await settle();
  assert.deepEqual([stuck.isReading, other.isReading], [true, false]);
  t.mock.timers.tick(1);
  await settle();
  assert.equal(other.isReading, true);
  other.read();
  assert.equal((await hashing).length, 32);
});
