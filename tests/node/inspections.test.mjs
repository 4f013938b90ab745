// How many files are inspected at the same time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as settle } from 'node:timers/promises';
import { bundled } from './bundled.mjs';

const { beginInspection } = await bundled(`export { beginInspection } from './runtime/inspections.js';`);

/** Begins inspections; gives those that have their turn, by their numbers. */
function begin(count) {
  const begun = new Map();
  for (let number = 0; number < count; number += 1) beginInspection().then((end) => begun.set(number, end));
  return begun;
}

test('sixteen files are inspected at a time, the first come first, and each end starts one', async () => {
  const begun = begin(40);
  await settle();
  assert.deepEqual([...begun.keys()], [...Array(16).keys()]);
  begun.get(3)();
  begun.get(3)();
  await settle();
  assert.deepEqual([...begun.keys()].slice(16), [16], 'ending twice counts once');
  for (let number = 0; number < 40; number += 1) {
    begun.get(number)();
    await settle();
  }
  const again = begin(16);
  await settle();
  assert.equal(again.size, 16, 'all turns are free again');
  for (const end of again.values()) end();
});

test('files that are stuck stop others for five seconds', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const begun = begin(18);
  await settle();
  t.mock.timers.tick(4_999);
  await settle();
  assert.equal(begun.size, 16);
  t.mock.timers.tick(1);
  await settle();
  assert.equal(begun.size, 18);
});
