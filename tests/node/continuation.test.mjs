// Where an upload continues after it was aborted, or after code of the page has thrown: no second asset, and no stored parts left.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { presignedParts, Uploader, upload } from 'mediaferry';
import { loadCore, mockFetch, options, pixel, ready, settle, shortenTimers, TakingXhr } from './mock-network.mjs';
import { png } from './queue/helpers.mjs';
import { bundledWithScript } from './queue/scripted.mjs';

const SOURCE = 'https://example.test/a.png';

before(async () => {
  await loadCore();
  shortenTimers();
});

/** Counts the requests that create an asset. */
const creations = (requests) => requests.filter((request) => request.startsWith('POST')).length;
const pending = (request) => (request.method === 'POST' ? { assetId: 'a1' } : { status: 'Processing' });

/** Resolves when the provider has created the asset and is asked about it. */
async function untilProcessing(task, requests) {
  while (requests.length < 2) await new Promise(setImmediate);
  assert.equal(task.stage, 'process');
}

test('a retry after abort() waits for the asset that was created', async () => {
  let isReady = false;
  const requests = mockFetch((request) => (isReady ? ready(request) : pending(request)));
  const task = upload(SOURCE, options);
  await untilProcessing(task, requests);
  task.abort('enough');
  await assert.rejects(task.result, (reason) => reason === 'enough');
  // Aborted again before the core has reached the asset.
  task.retry();
  task.abort('again');
  await assert.rejects(task.result, (reason) => reason === 'again');
  isReady = true;
  task.retry();
  assert.equal((await task).id, 'a1');
  assert.equal(creations(requests), 1);
});

test('a retry after a token function has thrown waits for the asset that was created', async () => {
  let isExpired = true;
  const requests = mockFetch((request) => {
    if (request.method === 'GET' && isExpired) return new Response('', { status: 401 });
    return ready(request);
  });
  const expired = new Error('the session has expired');
  const token = (why) => {
    if (why === 'unauthorized') throw expired;
    return 'token';
  };
  const task = upload(SOURCE, { ...options, token });
  await assert.rejects(task.result, (reason) => reason === expired);
  isExpired = false;
  task.retry();
  assert.equal((await task).id, 'a1');
  assert.equal(creations(requests), 1);
});

test('a token function that rejects with nothing ends the upload with nothing', async () => {
  mockFetch(ready);
  const task = upload(SOURCE, { ...options, token: () => Promise.reject() });
  const reason = await task.result.then(
    () => 'success',
    (reason) => reason,
  );
  assert.equal(reason, undefined);
});

/** A backend for parts whose completion fails as long as `isUp` is `false`, and what it was asked to abort. */
function partsBackend() {
  const backend = { isUp: false, aborted: [] };
  backend.provider = presignedParts({
    create: () => ({ uploadId: 'u1', partSize: 40 }),
    sign: ({ parts }) => parts.map(({ number }) => ({ number, url: `https://bucket.test/${number}?sig=1` })),
    complete: () => (backend.isUp ? { url: 'https://bucket.test/a' } : new Response('{}', { status: 400 })),
    abort: ({ uploadId }) => {
      backend.aborted.push(uploadId);
      return backend.onAbort?.();
    },
  });
  return backend;
}

/** An upload whose parts are stored, and whose completion was refused. */
async function refusedInParts() {
  globalThis.XMLHttpRequest = TakingXhr;
  const backend = partsBackend();
  const uploader = new Uploader({ provider: backend.provider });
  const task = uploader.add(pixel);
  await assert.rejects(task.result, { code: 'refused' });
  return { backend, uploader, task };
}

test('an upload in parts that has succeeded is not aborted when it is removed', async () => {
  const { backend, uploader, task } = await refusedInParts();
  backend.isUp = true;
  task.retry();
  await task.result;
  uploader.remove(task);
  await settle();
  assert.deepEqual(backend.aborted, []);
});

test('the parts of an upload that is aborted while it waits for its retry are removed', async () => {
  const { backend, uploader, task } = await refusedInParts();
  uploader.pauseAll();
  task.retry();
  assert.equal(task.status, 'queued');
  task.abort('enough');
  while (backend.aborted.length === 0) await settle();
  assert.deepEqual(backend.aborted, ['u1']);
});

test('a failed response to the removal of parts is repeated', async () => {
  const { backend, uploader, task } = await refusedInParts();
  const responses = [new Response('', { status: 503 }), new Response('')];
  backend.onAbort = () => responses.shift();
  uploader.remove(task);
  while (backend.aborted.length < 2) await settle();
  await settle();
  assert.deepEqual(backend.aborted, ['u1', 'u1']);
});

/** A queue with a scripted core, in which every file is fixed, and the calls of the core. */
async function fixingQueue() {
  const { Uploader, script } = await bundledWithScript("export { Uploader } from './queue/uploader.js'");
  script.fixes = true;
  const calls = [];
  script.called = (call) => calls.push(call);
  return { Uploader, calls };
}

test('an upload of a fixed file succeeds although its source cannot be read any more', async () => {
  const { Uploader, calls } = await fixingQueue();
  // The scripted core cannot hash the source.
  const task = new Uploader({ ...options, fix: true }).add(png);
  while (calls.length === 0) await settle();
  calls[0].succeed({ ref: 'asset://1' });
  const { ref, fixes, sourceSha256 } = await task.result;
  assert.deepEqual([ref, fixes.length, sourceSha256], ['asset://1', 1, undefined]);
});

test('a pause takes effect at once while a file is fixed, and the core begins with it', async () => {
  const { Uploader, calls } = await fixingQueue();
  let allow;
  const confirm = () =>
    new Promise((resolve) => {
      allow = resolve;
    });
  const task = new Uploader({ ...options, fix: { confirm } }).add(png);
  while (!allow) await settle();
  task.pause();
  assert.equal(task.status, 'paused');
  allow(true);
  while (calls.length === 0) await settle();
  assert.deepEqual([task.status, calls[0].pause.paused], ['paused', true]);
  task.resume();
  await settle();
  assert.deepEqual([task.status, calls[0].pause.paused], ['uploading', false]);
  calls[0].succeed({ ref: 'asset://1' });
  assert.equal((await task.result).ref, 'asset://1');
});

test('a retry after an abort during a question occupies a slot', async () => {
  const { Uploader, calls } = await fixingQueue();
  const answers = [];
  const confirm = () => new Promise((resolve) => answers.push(resolve));
  const uploader = new Uploader({ ...options, concurrency: 1, fix: { confirm } });
  const task = uploader.add(png);
  while (answers.length < 1) await settle();
  // The queue hears of a question that is not answered at once.
  while (!task.isAsking) await settle();
  task.abort();
  task.retry();
  assert.equal(task.isAsking, false, 'the question was that of another attempt');
  while (answers.length < 2) await settle();
  answers[1](true);
  while (calls.length === 0) await settle();
  answers[0](true);
  const second = uploader.add(new File([''], 'b.png'));
  await settle();
  assert.deepEqual([task.status, second.status], ['uploading', 'queued']);
});

test('an upload that waits for an answer occupies no slot, and one that is answered at once does', async () => {
  const { Uploader, calls } = await fixingQueue();
  let allow;
  const answer = new Promise((resolve) => {
    allow = resolve;
  });
  const confirm = (_, source) => (source === png ? answer : true);
  const uploader = new Uploader({ ...options, concurrency: 1, fix: { confirm } });
  const asking = uploader.add(png);
  const [second, third] = [new File([''], 'b.png'), new File([''], 'c.png')].map((file) => uploader.add(file));
  while (calls.length === 0) await settle();
  await settle();
  assert.deepEqual([asking.status, second.status, third.status], ['uploading', 'uploading', 'queued']);
  allow(true);
  while (calls.length === 1) await settle();
  for (const call of calls) call.succeed({ ref: 'asset://1' });
  while (calls.length === 2) await settle();
  calls[2].succeed({ ref: 'asset://1' });
  await Promise.all([asking, second, third]);
});
