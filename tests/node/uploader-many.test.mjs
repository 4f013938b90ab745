// Thousands of events at once: all are dispatched, in order, over several tasks.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Uploader } from 'mediaferry';

test('cancelling thousands of uploads changes all states at once, and dispatches every event in order', async () => {
  const uploader = new Uploader({ provider: 'modelhunter', autoProceed: false });
  const tasks = Array.from({ length: 2_000 }, () => uploader.add(new Blob(['x'])));
  const failed = [];
  uploader.on('upload-error', (task) => failed.push(task));
  const complete = new Promise((resolve) => uploader.on('complete', resolve));
  uploader.cancelAll();
  assert.ok(tasks.every(({ status }) => status === 'aborted'));
  assert.ok(failed.length < tasks.length, 'one task dispatched all');
  const result = await complete;
  assert.deepEqual([failed.length, result.failed.length], [2_000, 2_000]);
  assert.ok(failed.every((task, index) => task === tasks[index]));
});
