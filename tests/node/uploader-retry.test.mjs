// Uploader: retries and pauses of one upload and of all.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Uploader } from 'mediaferry';
import { loadCore, mockFetch, options, ready, settle, shortenTimers } from './mock-network.mjs';
import { ended, png, record, scripted, url } from './queue/helpers.mjs';

before(async () => {
  await loadCore();
  shortenTimers();
});

test('all uploads can be paused, resumed, retried and cancelled', async () => {
  let isUp = false;
  mockFetch((request) => (isUp ? ready(request) : new Response('', { status: 400 })));
  const uploader = new Uploader({ ...options, concurrency: 2 });
  uploader.pauseAll();
  for (const number of [1, 2, 3]) uploader.add(url(number));
  await settle();
  assert.ok(uploader.tasks.every(({ status }) => status === 'queued'));
  const first = ended(uploader);
  uploader.resumeAll();
  assert.deepEqual([(await first).failed.length, uploader.progress.failed], [3, 3]);
  isUp = true;
  const second = ended(uploader);
  uploader.retryAll();
  assert.equal((await second).successful.length, 3);
  mockFetch(() => new Promise(() => {}));
  const third = ended(uploader);
  for (const number of [4, 5, 6]) uploader.add(url(number));
  await settle();
  uploader.cancelAll('enough');
  assert.deepEqual((await third).failed, ['enough', 'enough', 'enough']);
});

test('an upload that fails again after a retry causes no unhandled rejection', async (t) => {
  const rejected = [];
  const hear = (reason) => rejected.push(reason);
  process.on('unhandledRejection', hear);
  t.after(() => process.off('unhandledRejection', hear));
  // The second never ends, so nothing looks at the results of all.
  mockFetch(async (request) => {
    const { url } = await request.clone().json();
    return url.endsWith('/2.png') ? new Promise(() => {}) : new Response('', { status: 400 });
  });
  const uploader = new Uploader(options);
  const failed = record(uploader, 'upload-error');
  const task = uploader.add(url(1));
  uploader.add(url(2));
  while (failed.length < 1) await settle();
  task.retry();
  while (failed.length < 2) await settle();
  await settle();
  assert.deepEqual(rejected, []);
  await uploader[Symbol.asyncDispose]();
});

test('a result that is first read after the end is that of the last attempt', async () => {
  const { Uploader, calls } = await scripted();
  const uploader = new Uploader(options);
  const [refused, succeeded, waiting] = [png, png, png].map((file) => uploader.add(file));
  await settle();
  for (const [at, call] of calls.splice(0).entries())
    at === 1 ? call.succeed({ ref: 'asset://1' }) : call.fail('refused');
  await settle();
  await assert.rejects(refused.result, (reason) => reason === 'refused');
  assert.equal((await succeeded.result).ref, 'asset://1');
  // The promise of the first attempt was never read.
  waiting.retry();
  const second = waiting.result;
  await settle();
  calls[0].succeed({ ref: 'asset://2' });
  assert.equal((await second).ref, 'asset://2');
});

test('retryAll() skips uploads whose outcome is unknown, retry() does not', async () => {
  const { Uploader, calls } = await scripted();
  const uploader = new Uploader(options);
  const tasks = [png, png].map((file) => uploader.add(file));
  const [outcomeUnknown, refused] = tasks;
  await settle();
  for (const [at, call] of calls.entries()) call.fail(Object.assign(new Error('failed'), { outcomeUnknown: at === 0 }));
  await settle();
  const statuses = () => tasks.map(({ status }) => status);
  assert.deepEqual(statuses(), ['failed', 'failed']);
  uploader.retryAll();
  assert.deepEqual(statuses(), ['failed', 'queued']);
  await settle();
  assert.equal(calls.length, 3);
  outcomeUnknown.retry();
  assert.deepEqual([outcomeUnknown.status, refused.status], ['queued', 'uploading']);
  uploader.cancelAll();
});

test('an upload that was removed or whose queue was disposed of cannot be retried', async () => {
  mockFetch(() => new Promise(() => {}));
  const uploader = new Uploader(options);
  uploader.on('upload-error', (task) => task.retry());
  const [first, second] = [1, 2].map((number) => uploader.add(url(number)));
  await settle();
  uploader.remove(first);
  await uploader[Symbol.asyncDispose]();
  await settle();
  assert.deepEqual([first.status, second.status], ['aborted', 'aborted']);
  second.retry();
  assert.equal(second.status, 'aborted');
});

test('a retry during a wait keeps its slot, and a pause right after it takes effect', async () => {
  const { Uploader, calls } = await scripted();
  const timer = () => new Promise((resolve) => setTimeout(resolve));
  const uploader = new Uploader({ ...options, concurrency: 1 });
  const [first, second] = [uploader.add(png), uploader.add(png)];
  await settle();
  const [call] = calls;
  const wait = () => call.emit({ type: 'retry', retry: { error: 'network', attempt: 1, delayMillis: 100_000 } });
  wait();
  first.retry();
  assert.ok(call.pause.paused, 'a pause ends the wait');
  call.hold();
  await timer();
  assert.deepEqual([first.status, second.status, call.pause.paused], ['uploading', 'queued', false]);
  wait();
  first.retry();
  call.hold();
  first.pause();
  assert.equal(first.status, 'paused', 'it holds already');
  await timer();
  assert.deepEqual([first.status, second.status, call.pause.paused], ['paused', 'uploading', true]);
  first.resume();
  assert.deepEqual([first.status, call.pause.paused], ['queued', true], 'it has lost its slot');
  second.abort();
  await settle();
  assert.deepEqual([first.status, call.pause.paused], ['uploading', false]);
  first.pause();
  assert.equal(first.status, 'uploading', 'it does not hold any more');
  uploader.cancelAll();
});

test('retry() after the wait is over does not interrupt what runs', async () => {
  const { Uploader, calls } = await scripted();
  const task = new Uploader(options).add(png);
  await settle();
  let pauses = 0;
  const { changed } = calls[0].pause;
  calls[0].pause.changed = () => {
    pauses += 1;
    changed();
  };
  const progress = { fraction: 0.5, sentBytes: 4, totalBytes: 8 };
  calls[0].emit({ type: 'retry', retry: { delayMillis: 600_000, attempt: 1 } });
  task.retry();
  assert.equal(pauses > 0, true, 'a wait ends');
  await settle();
  pauses = 0;
  calls[0].emit({ type: 'retry', retry: { delayMillis: 600_000, attempt: 2 } });
  // The browser came online before.
  calls[0].emit({ type: 'progress', progress });
  task.retry();
  assert.equal(pauses, 0);
});

test('options with a signal that has aborted abort what runs', async () => {
  const { Uploader } = await scripted();
  const uploader = new Uploader(options);
  const task = uploader.add(png);
  await settle();
  uploader.options = { ...options, signal: AbortSignal.abort('enough') };
  assert.equal(task.status, 'aborted');
  await assert.rejects(task.result, (reason) => reason === 'enough');
});

test('the time left does not contain uploads that have failed', async () => {
  const { Uploader, calls } = await scripted();
  const uploader = new Uploader(options);
  const [failing] = [png, png].map((file) => uploader.add(file));
  await settle();
  const emit = (at, sentBytes) =>
    calls[at].emit({
      type: 'progress',
      progress: { fraction: sentBytes / 8, sentBytes, totalBytes: 8, bytesPerSecond: 2 },
    });
  emit(0, 2);
  emit(1, 4);
  assert.equal(uploader.progress.secondsLeft, (6 + 4) / 4);
  failing.abort();
  assert.equal(uploader.progress.secondsLeft, 4 / 2);
  await assert.rejects(failing.result);
});
