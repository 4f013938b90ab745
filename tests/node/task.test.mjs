// UploadTask: await, iteration, pause, retry and abort.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { UploadError, upload } from 'mediaferry';
import { gate, loadCore, mockFetch, options, ready, settle, shortenTimers } from './mock-network.mjs';

const SOURCE = 'https://example.test/a.png';

before(async () => {
  await loadCore();
  shortenTimers();
});

test('a task resolves to its asset, and an iteration yields its events', async () => {
  mockFetch(ready);
  const task = upload(SOURCE, options);
  const events = [];
  for await (const event of task) events.push(event);
  const asset = await task;
  assert.deepEqual([task.status, asset.ref], ['succeeded', 'asset://a1']);
  const types = events.map(({ type }) => type);
  assert.deepEqual([types[0], types.at(-1)], ['stage', 'success']);
  assert.equal(events.at(-1).asset, asset);
  assert.deepEqual(
    events.filter(({ type }) => type === 'stage').map(({ stage }) => stage),
    ['inspect', 'submit', 'process'],
  );
  assert.equal(task.progress.fraction, 1);
  const late = [];
  for await (const event of task) late.push(event);
  assert.deepEqual(late, [{ type: 'success', asset }], 'a late listener receives the result');
});

test('a failure rejects the promise, and an iteration throws it', async () => {
  mockFetch(() => Response.json({ error: 'no' }, { status: 400 }));
  const task = upload(SOURCE, options);
  await assert.rejects(async () => {
    for await (const _ of task);
  }, UploadError);
  const error = await task.catch((error) => error);
  assert.deepEqual([error.code, error.status, task.status], ['refused', 400, 'failed']);
});

test('a failure that nobody handles is an unhandled rejection', async (t) => {
  const rejected = [];
  const hear = (reason) => rejected.push(reason.code);
  // The runner listens, too.
  const runners = process.listeners('unhandledRejection');
  const listen = (...listeners) => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
  };
  listen(hear);
  t.after(() => listen(...runners));
  mockFetch(() => new Response('', { status: 400 }));
  const task = upload(SOURCE, options);
  while (task.status !== 'failed') await settle();
  await settle();
  assert.deepEqual(rejected, ['refused']);
});

test('retry() restarts a failed upload with a new result', async () => {
  let isUp = false;
  mockFetch((request) => (isUp ? ready(request) : new Response('', { status: 400 })));
  const task = upload(SOURCE, options);
  const first = task.result;
  await assert.rejects(first, { code: 'refused' });
  isUp = true;
  task.retry();
  assert.equal(task.status, 'uploading');
  assert.equal((await task).ref, 'asset://a1');
  await assert.rejects(first, { code: 'refused' });
});

test('abort() rejects with its reason immediately', async () => {
  mockFetch(() => new Promise(() => {}));
  const task = upload(SOURCE, options);
  task.abort('enough');
  assert.equal(task.status, 'aborted');
  await assert.rejects(task.result, (reason) => reason === 'enough');
  const other = upload(SOURCE, options);
  other.abort();
  await assert.rejects(other.result, { name: 'AbortError' });
  const requests = mockFetch(ready);
  await assert.rejects(upload(SOURCE, { ...options, signal: AbortSignal.abort('never') }).result, (r) => r === 'never');
  const controller = new AbortController();
  const third = upload(SOURCE, { ...options, signal: controller.signal });
  controller.abort('stop');
  await assert.rejects(third.result, (reason) => reason === 'stop');
  assert.deepEqual(requests, []);
});

test('pause() cancels a status request, and resume() repeats it', async () => {
  const { open, opened } = gate();
  const requests = mockFetch(async (request, number) => {
    if (number === 1) await opened;
    return ready(request);
  });
  const task = upload(SOURCE, options);
  for await (const event of task) if (event.type === 'stage' && event.stage === 'process') break;
  while (requests.length < 2) await new Promise(setImmediate);
  task.pause();
  await settle();
  assert.equal(task.status, 'paused');
  open();
  await settle();
  assert.deepEqual([task.status, requests.length], ['paused', 2]);
  task.resume();
  assert.equal(task.status, 'uploading');
  await task;
  assert.deepEqual(requests.slice(1), ['GET /providers/apiframe/v2/assets/a1', 'GET /providers/apiframe/v2/assets/a1']);
});

test('pause() does not cancel a request that creates an asset', async () => {
  const { open, opened } = gate();
  const requests = mockFetch(async (request) => {
    await opened;
    return ready(request);
  });
  const task = upload(SOURCE, options);
  while (requests.length < 1) await new Promise(setImmediate);
  task.pause();
  await settle();
  assert.equal(task.status, 'uploading', 'it does not hold yet');
  open();
  await settle();
  assert.equal(task.status, 'paused');
  assert.deepEqual(requests, ['POST /providers/apiframe/v2/assets/create']);
  task.resume();
  assert.equal((await task).id, 'a1');
  assert.equal(requests.length, 2);
});

test('retry() during a wait retries immediately', { timeout: 20_000 }, async () => {
  const requests = mockFetch((request, number) =>
    number === 0 ? new Response('', { status: 429, headers: { 'Retry-After': '100' } }) : ready(request),
  );
  const task = upload(SOURCE, options);
  for await (const event of task) if (event.type === 'retry') break;
  task.retry();
  await task;
  assert.equal(requests.length, 3);
});

test('a callback that throws is reported and does not stop the upload', async () => {
  mockFetch(ready);
  const reported = [];
  globalThis.reportError = (error) => reported.push(error.message);
  const onStage = () => {
    throw new Error('mine');
  };
  await upload(SOURCE, { ...options, onStage });
  assert.deepEqual(reported, ['mine', 'mine', 'mine']);
});

test('messages replace the English ones', async () => {
  mockFetch(() => new Response('', { status: 400 }));
  const messages = {
    errors: { refused: ({ status }) => `Abgelehnt (${status}).` },
    rules: { scheme: () => 'Kein Netz.' },
  };
  await assert.rejects(upload(SOURCE, { ...options, messages }).result, { message: 'Abgelehnt (400).' });
  await assert.rejects(upload('ftp://a.test/b', { ...options, messages }).result, { message: 'Kein Netz.' });
  await assert.rejects(upload(SOURCE, { ...options, provider: 'relaydance', messages }).result, /does not fetch URLs/);
});

test('an invalid source or provider rejects with a TypeError', async () => {
  await assert.rejects(upload(42, options).result, TypeError);
  await assert.rejects(upload(SOURCE, { ...options, provider: 'unknown' }).result, /unknown provider 'unknown'/);
});
