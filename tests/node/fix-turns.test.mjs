// Lossy fixes run one at a time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundled } from './bundled.mjs';

const { inTurn } = await bundled("export { inTurn } from './fix/drawing.js';");
const settle = () => new Promise(setImmediate);

test('work that is aborted while it waits ends at once, and what comes after still waits', async () => {
  let end;
  const first = inTurn(undefined, () => new Promise((resolve) => (end = resolve)));
  const waiting = new AbortController();
  const second = inTurn(waiting.signal, () => assert.fail('it was aborted'));
  let isRunning = false;
  const third = inTurn(undefined, async () => {
    isRunning = true;
  });
  await settle();
  waiting.abort('enough');
  await assert.rejects(second, (reason) => reason === 'enough');
  await settle();
  assert.equal(isRunning, false);
  end();
  await Promise.all([first, third]);
  assert.equal(isRunning, true);
});
