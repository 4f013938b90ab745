// The queue: how many at once, restrictions, events, pausing and repeating all, ten thousand at a time.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { UploadError, Uploader } from 'mediaferry';
import { gate, hurry, loadCore, options, playFetch, ready, settle } from './line.mjs';

const address = (number) => `https://example.test/${number}.png`;
const png = new File([new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10])], 'a.png', { type: 'image/png' });

before(async () => {
  await loadCore();
  hurry();
});

/** The names of events as they come, each with its facts. */
function record(uploader, ...names) {
  const heard = [];
  for (const name of names) uploader.on(name, (...facts) => heard.push([name, ...facts]));
  return heard;
}

const ended = (uploader) => new Promise((resolve) => uploader.on('complete', resolve, { once: true }));

test('so many run at once, the rest in order, and complete tells of all', async () => {
  const { open, opened } = gate();
  const requests = playFetch(async (request) => {
    await opened;
    return ready(request);
  });
  const uploader = new Uploader({ ...options, concurrency: 2 });
  const started = record(uploader, 'upload-start');
  const heard = record(uploader, 'file-added', 'upload-success', 'complete');
  const tasks = [1, 2, 3, 4, 5].map((number) => uploader.add(address(number)));
  while (requests.length < 2) await settle();
  await settle();
  assert.deepEqual([requests.length, started.length], [2, 2]);
  assert.deepEqual(
    tasks.map(({ status }) => status),
    ['uploading', 'uploading', 'queued', 'queued', 'queued'],
  );
  const end = ended(uploader);
  open();
  const { successful, failed } = await end;
  assert.deepEqual([successful.length, failed.length], [5, 0]);
  assert.deepEqual(
    started.map(([, task]) => task.source),
    tasks.map(({ source }) => source),
  );
  assert.equal(heard.filter(([name]) => name === 'file-added').length, 5);
  assert.equal(heard.filter(([name]) => name === 'complete').length, 1);
  assert.deepEqual(
    { ...uploader.progress },
    { fraction: 1, sentBytes: 0, totalBytes: 0, files: 5, succeeded: 5, failed: 0 },
  );
});

test('without autoProceed it waits for start, which gives what came of it', async () => {
  const requests = playFetch((request) => (request.url.includes('relaydance') ? {} : ready(request)));
  const uploader = new Uploader({ ...options, autoProceed: false, restrictions: { minNumberOfFiles: 2 } });
  uploader.add(address(1));
  await settle();
  assert.equal(requests.length, 0);
  await assert.rejects(uploader.start(), (error) => {
    assert.ok(error instanceof UploadError);
    assert.deepEqual(error.violations, [{ rule: 'minNumberOfFiles', actual: 1, limit: 2 }]);
    return error.message === 'There are 1 files, fewer than 2.';
  });
  const refused = uploader.add(address(2), { provider: 'relaydance' });
  const { successful, failed } = await uploader.start();
  assert.deepEqual([successful.map(({ id }) => id), failed.map(({ code }) => code)], [['a1'], ['rejected']]);
  assert.equal(refused.status, 'failed');
  assert.deepEqual(await uploader.start(), { successful: [], failed: [] }, 'nothing is left to do');
});

test('a file that breaks a restriction is refused when it is added, with all it breaks', () => {
  const uploader = new Uploader({
    ...options,
    autoProceed: false,
    restrictions: {
      maxFileSize: 7,
      minFileSize: 8,
      maxTotalFileSize: 9,
      maxNumberOfFiles: 2,
      allowedFileTypes: ['image/*', '.png'],
    },
  });
  const heard = record(uploader, 'restriction-failed');
  const rules = (file) => {
    try {
      uploader.add(file);
      return [];
    } catch (error) {
      assert.ok(error instanceof UploadError && error.code === 'rejected' && !error.retryable);
      assert.deepEqual(heard.at(-1).slice(1), [file, error.violations]);
      return error.violations.map(({ rule }) => rule);
    }
  };
  const file = (size, name, type) => new File([new Uint8Array(size)], name, { type });
  assert.deepEqual(rules(file(8, 'a.png', 'image/png')), ['maxFileSize']);
  assert.deepEqual(rules(file(7, 'a.png', 'image/png')), ['minFileSize']);
  assert.deepEqual(rules(file(10, 'a.txt', 'text/plain')), ['maxFileSize', 'maxTotalFileSize', 'allowedFileTypes']);
  assert.deepEqual(uploader.tasks, []);
  uploader.add(address(1));
  uploader.add(address(2));
  assert.deepEqual(rules(address(3)), ['maxNumberOfFiles']);
  assert.equal(uploader.tasks.length, 2);
});

test('types are allowed as an input allows them, and an unknown one until it is looked at', () => {
  const takes = (allowed, name, type) => {
    const uploader = new Uploader({ ...options, autoProceed: false, restrictions: { allowedFileTypes: allowed } });
    try {
      return Boolean(uploader.add(new File(['x'], name, { type })));
    } catch {
      return false;
    }
  };
  assert.ok(takes(['image/*'], 'a', 'image/webp'));
  assert.ok(takes(['IMAGE/PNG'], 'a', 'image/png'));
  assert.ok(takes(['.MOV'], 'a.mov', 'video/quicktime'));
  assert.ok(takes(['video/*'], 'a', ''));
  assert.ok(!takes(['video/*'], 'a.png', 'image/png'));
  assert.ok(!takes(['image/png'], 'a.jpg', 'image/jpeg'));
});

test('a file whose content is not allowed is refused before anything is sent', async () => {
  const requests = playFetch(ready);
  const uploader = new Uploader({ ...options, restrictions: { allowedFileTypes: ['image/jpeg'] } });
  const end = ended(uploader);
  uploader.add(new File([png], 'a.jpg', { type: 'image/jpeg' }));
  const { failed } = await end;
  assert.deepEqual(failed[0].violations, [{ rule: 'allowedFileTypes', actual: 'PNG', limit: ['image/jpeg'] }]);
  assert.deepEqual(requests, []);
});

test('all can be paused, resumed, begun again and cancelled', async () => {
  let isUp = false;
  playFetch((request) => (isUp ? ready(request) : new Response('', { status: 400 })));
  const uploader = new Uploader({ ...options, concurrency: 2 });
  uploader.pauseAll();
  for (const number of [1, 2, 3]) uploader.add(address(number));
  await settle();
  assert.ok(uploader.tasks.every(({ status }) => status === 'queued'));
  const first = ended(uploader);
  uploader.resumeAll();
  assert.deepEqual([(await first).failed.length, uploader.progress.failed], [3, 3]);
  isUp = true;
  const second = ended(uploader);
  uploader.retryAll();
  assert.equal((await second).successful.length, 3);
  playFetch(() => new Promise(() => {}));
  const third = ended(uploader);
  for (const number of [4, 5, 6]) uploader.add(address(number));
  await settle();
  uploader.cancelAll('enough');
  assert.deepEqual((await third).failed, ['enough', 'enough', 'enough']);
});

test('an upload that fails once more is told of by its event alone', async (t) => {
  const rejected = [];
  const hear = (reason) => rejected.push(reason);
  process.on('unhandledRejection', hear);
  t.after(() => process.off('unhandledRejection', hear));
  // The second never ends, so nothing looks at the results of all.
  playFetch(async (request) => {
    const { url } = await request.clone().json();
    return url.endsWith('/2.png') ? new Promise(() => {}) : new Response('', { status: 400 });
  });
  const uploader = new Uploader(options);
  const failed = record(uploader, 'upload-error');
  const task = uploader.add(address(1));
  uploader.add(address(2));
  while (failed.length < 1) await settle();
  task.retry();
  while (failed.length < 2) await settle();
  await settle();
  assert.deepEqual(rejected, []);
  await uploader[Symbol.asyncDispose]();
});

test('a paused upload leaves its place to another, and takes none before it begins', async () => {
  const requests = playFetch((request) => (request.method === 'POST' ? ready(request) : new Promise(() => {})));
  const uploader = new Uploader({ ...options, concurrency: 1 });
  const [first, second, third] = [1, 2, 3].map((number) => uploader.add(address(number)));
  while (requests.length < 2) await settle();
  second.pause();
  first.pause();
  await settle();
  assert.deepEqual([first.status, second.status, third.status], ['paused', 'paused', 'uploading']);
  assert.equal(requests[2], 'POST /providers/apiframe/v2/assets/create');
  second.resume();
  assert.equal(second.status, 'queued');
  await uploader[Symbol.asyncDispose]();
});

test('a removed upload is gone and aborted, and counts no more', async () => {
  playFetch(() => new Promise(() => {}));
  const uploader = new Uploader(options);
  const heard = record(uploader, 'file-removed', 'upload-error');
  const task = uploader.add(png);
  uploader.remove(task);
  uploader.remove(task);
  assert.deepEqual([uploader.tasks.length, uploader.progress.totalBytes, task.status], [0, 0, 'aborted']);
  assert.deepEqual(
    heard.map(([name]) => name),
    ['upload-error', 'file-removed'],
  );
});

test("a queue's signal cancels it, and disposing of it leaves nothing behind", async () => {
  playFetch(() => new Promise(() => {}));
  const controller = new AbortController();
  const uploader = new Uploader({ ...options, signal: controller.signal });
  const task = uploader.add(address(1));
  await settle();
  controller.abort('stop');
  await assert.rejects(task.result, (reason) => reason === 'stop');
  const other = uploader.add(address(2));
  await settle();
  await uploader[Symbol.asyncDispose]();
  assert.equal(other.status, 'aborted');
});

test("a queue's signal that has aborted lets nothing begin", async () => {
  const requests = playFetch(ready);
  const uploader = new Uploader({ ...options, signal: AbortSignal.abort('too late') });
  const heard = record(uploader, 'upload-start', 'upload-error');
  const task = uploader.add(address(1));
  await assert.rejects(task.result, (reason) => reason === 'too late');
  assert.deepEqual([heard, requests], [[['upload-error', task, 'too late']], []]);
});

test('listeners come and go', () => {
  const uploader = new Uploader({ ...options, autoProceed: false });
  const reported = [];
  globalThis.reportError = (error) => reported.push(error);
  const controller = new AbortController();
  const heard = [];
  const off = uploader.on('file-added', () => heard.push('always'));
  uploader.on('file-added', () => heard.push('once'), { once: true });
  uploader.on('file-added', () => heard.push('signal'), { signal: controller.signal });
  uploader.on('file-added', () => {
    throw new Error('mine');
  });
  uploader.add(address(1));
  controller.abort();
  uploader.add(address(2));
  off();
  uploader.add(address(3));
  assert.deepEqual(heard, ['always', 'once', 'signal', 'always']);
  assert.equal(reported.length, 3);
});

test('ten thousand queued files cost few timers and no request', async () => {
  const requests = playFetch(() => new Promise(() => {}));
  const { setTimeout, setInterval } = globalThis;
  let timers = 0;
  const counted =
    (timer) =>
    (...rest) => {
      timers += 1;
      return timer(...rest);
    };
  Object.assign(globalThis, { setTimeout: counted(setTimeout), setInterval: counted(setInterval) });
  const uploader = new Uploader(options);
  await uploader.addAll(Array.from({ length: 10_000 }, (_, number) => address(number)));
  while (requests.length < 4) await settle();
  await settle();
  Object.assign(globalThis, { setTimeout, setInterval });
  assert.equal(uploader.tasks.length, 10_000);
  assert.equal(requests.length, 4);
  assert.ok(timers < 1_000, `${timers} timers: some per running request, and for the page to have its turns meanwhile`);
  const end = ended(uploader);
  uploader.cancelAll();
  assert.equal((await end).failed.length, 10_000);
});

test('concurrency is a number of at least one', () => {
  for (const concurrency of [0, -1, Number.NaN]) {
    assert.throws(() => new Uploader({ ...options, concurrency }), /at least 1, not/);
  }
});

test('other options take their place: some at once, some for what is added later', async () => {
  const requests = playFetch(() => new Promise(() => {}));
  const uploader = new Uploader({ ...options, concurrency: 1 });
  const [first] = [1, 2, 3].map((number) => uploader.add(address(number)));
  await settle();
  assert.equal(requests.length, 1);
  uploader.options = { ...options, provider: 'relaydance', concurrency: 2, restrictions: { maxNumberOfFiles: 4 } };
  await settle();
  assert.equal(requests.length, 2);
  const last = uploader.add(address(4));
  assert.deepEqual([first.options.provider, last.options.provider], ['apiframe', 'relaydance']);
  assert.throws(() => uploader.add(address(5)), { code: 'rejected' });
  const controller = new AbortController();
  uploader.options = { ...uploader.options, signal: controller.signal };
  uploader.options = options;
  controller.abort();
  assert.equal(first.status, 'uploading', 'a signal that is no longer given does nothing');
  assert.throws(() => {
    uploader.options = { ...options, concurrency: 0 };
  }, TypeError);
  assert.equal(uploader.options, options);
  uploader.cancelAll();
});

test('one listener hears what an iteration over each upload gives', async () => {
  playFetch(ready);
  const uploader = new Uploader(options);
  const heard = record(uploader, 'upload-event');
  const task = uploader.add(address(1));
  const events = [];
  for await (const event of task) events.push(event);
  assert.ok(events.length > 5);
  const types = events.filter(({ type }) => type !== 'progress');
  assert.deepEqual(
    heard.filter(([, , { type }]) => type !== 'progress'),
    types.map((event) => ['upload-event', task, event]),
  );
});
