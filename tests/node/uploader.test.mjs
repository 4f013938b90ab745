// Uploader: concurrency, events, pause, removal, and ten thousand files.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { UploadError, Uploader } from 'mediaferry';
import { gate, loadCore, mockFetch, options, ready, settle, shortenTimers } from './mock-network.mjs';
import { ended, png, record, scripted, url, useRealTimers } from './queue/helpers.mjs';

before(async () => {
  await loadCore();
  shortenTimers();
});

test('concurrency limits how many uploads run, the rest follow in order, and complete reports all', async () => {
  const { open, opened } = gate();
  const requests = mockFetch(async (request) => {
    await opened;
    return ready(request);
  });
  const uploader = new Uploader({ ...options, concurrency: 2 });
  const started = record(uploader, 'upload-start');
  const events = record(uploader, 'file-added', 'upload-success', 'complete');
  const tasks = [1, 2, 3, 4, 5].map((number) => uploader.add(url(number)));
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
  assert.equal(events.filter(([name]) => name === 'file-added').length, 5);
  assert.equal(events.filter(([name]) => name === 'complete').length, 1);
  assert.deepEqual(
    { ...uploader.progress },
    { fraction: 1, sentBytes: 0, totalBytes: 0, files: 5, succeeded: 5, failed: 0 },
  );
});

test('by default, four uploads run, or up to eight if some are of small files', async () => {
  const { Uploader } = await scripted();
  const small = () => png;
  const large = () => new File([png, new Uint8Array(1 << 20)], 'large.png');
  for (const [files, running] of [
    [[large, large, large, large, large, large], 4],
    [Array.from({ length: 10 }, () => small), 8],
    [[large, small, large, small, small, small, small, small], 6],
    [Array.from({ length: 6 }, (_, number) => () => url(number)), 4],
  ]) {
    const uploader = new Uploader(options);
    const tasks = files.map((file) => uploader.add(file()));
    await settle();
    assert.equal(tasks.filter(({ status }) => status === 'uploading').length, running);
    for (const task of tasks) task.catch(() => {});
    uploader.cancelAll();
  }
});

test('without autoProceed, uploads wait for start(), which resolves to their results', async () => {
  const requests = mockFetch((request) => (request.url.includes('relaydance') ? {} : ready(request)));
  const uploader = new Uploader({ ...options, autoProceed: false, restrictions: { minNumberOfFiles: 2 } });
  uploader.add(url(1));
  await settle();
  assert.equal(requests.length, 0);
  await assert.rejects(uploader.start(), (error) => {
    assert.ok(error instanceof UploadError);
    assert.deepEqual(error.violations, [{ rule: 'minNumberOfFiles', actual: 1, limit: 2 }]);
    return error.message === 'Select at least 2 files.';
  });
  const refused = uploader.add(url(2), { provider: 'relaydance' });
  const { successful, failed } = await uploader.start();
  assert.deepEqual([successful.map(({ id }) => id), failed.map(({ code }) => code)], [['a1'], ['rejected']]);
  assert.equal(refused.status, 'failed');
  assert.deepEqual(await uploader.start(), { successful: [], failed: [] }, 'nothing is left to do');
});

test('a paused upload frees its slot, and occupies none before it starts', async () => {
  const requests = mockFetch((request) => (request.method === 'POST' ? ready(request) : new Promise(() => {})));
  const uploader = new Uploader({ ...options, concurrency: 1 });
  const [first, second, third] = [1, 2, 3].map((number) => uploader.add(url(number)));
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

test('a removed upload is aborted and no longer counted', async () => {
  mockFetch(() => new Promise(() => {}));
  const uploader = new Uploader(options);
  const events = record(uploader, 'file-removed', 'upload-error');
  const task = uploader.add(png);
  uploader.remove(task);
  uploader.remove(task);
  assert.deepEqual([uploader.tasks.length, uploader.progress.totalBytes, task.status], [0, 0, 'aborted']);
  assert.deepEqual(
    events.map(([name]) => name),
    ['upload-error', 'file-removed'],
  );
});

test('the signal of a queue cancels its uploads, and so does disposing of it', async () => {
  mockFetch(() => new Promise(() => {}));
  const controller = new AbortController();
  const uploader = new Uploader({ ...options, signal: controller.signal });
  const task = uploader.add(url(1));
  await settle();
  controller.abort('stop');
  await assert.rejects(task.result, (reason) => reason === 'stop');
  const other = uploader.add(url(2));
  await settle();
  await uploader[Symbol.asyncDispose]();
  assert.equal(other.status, 'aborted');
});

test('with an aborted signal, no upload starts', async () => {
  const requests = mockFetch(ready);
  const uploader = new Uploader({ ...options, signal: AbortSignal.abort('too late') });
  const events = record(uploader, 'upload-start', 'upload-error');
  const task = uploader.add(url(1));
  await assert.rejects(task.result, (reason) => reason === 'too late');
  assert.deepEqual([events, requests], [[['upload-error', task, 'too late']], []]);
});

test('listeners can be removed, called once, or bound to a signal, and their errors are reported', () => {
  const uploader = new Uploader({ ...options, autoProceed: false });
  const reported = [];
  globalThis.reportError = (error) => reported.push(error);
  const controller = new AbortController();
  const events = [];
  const off = uploader.on('file-added', () => events.push('always'));
  uploader.on('file-added', () => events.push('once'), { once: true });
  uploader.on('file-added', () => events.push('signal'), { signal: controller.signal });
  uploader.on('file-added', () => {
    throw new Error('mine');
  });
  uploader.add(url(1));
  controller.abort();
  uploader.add(url(2));
  off();
  uploader.add(url(3));
  assert.deepEqual(events, ['always', 'once', 'signal', 'always']);
  assert.equal(reported.length, 3);
});

test('ten thousand queued files cost few timers and no request', async () => {
  const requests = mockFetch(() => new Promise(() => {}));
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
  await uploader.addAll(Array.from({ length: 10_000 }, (_, number) => url(number)));
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

test('a concurrency below 1 throws a TypeError', () => {
  for (const concurrency of [0, -1, Number.NaN]) {
    assert.throws(() => new Uploader({ ...options, concurrency }), /must be at least 1, not/);
  }
});

test('new options take effect immediately or for files that are added later', async () => {
  const requests = mockFetch(() => new Promise(() => {}));
  const uploader = new Uploader({ ...options, concurrency: 1 });
  const [first] = [1, 2, 3].map((number) => uploader.add(url(number)));
  await settle();
  assert.equal(requests.length, 1);
  uploader.options = { ...options, provider: 'relaydance', concurrency: 2, restrictions: { maxNumberOfFiles: 4 } };
  await settle();
  assert.equal(requests.length, 2);
  const last = uploader.add(url(4));
  assert.deepEqual([first.options.provider, last.options.provider], ['apiframe', 'relaydance']);
  assert.throws(() => uploader.add(url(5)), { code: 'rejected' });
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

test('upload-event reports the events of an iteration', async () => {
  mockFetch(ready);
  const uploader = new Uploader(options);
  const dispatched = record(uploader, 'upload-event');
  const task = uploader.add(url(1));
  const events = [];
  for await (const event of task) events.push(event);
  assert.ok(events.length > 5);
  const types = events.filter(({ type }) => type !== 'progress');
  assert.deepEqual(
    dispatched.filter(([, , { type }]) => type !== 'progress'),
    types.map((event) => ['upload-event', task, event]),
  );
});

test('cancelAll() stops a running addAll()', async (t) => {
  useRealTimers(t);
  mockFetch(() => new Promise(() => {}));
  const uploader = new Uploader(options);
  let finishRead;
  const entry = { isFile: true, name: 'a', file: (resolve) => (finishRead = resolve) };
  const added = uploader.addAll({ items: [{ kind: 'file', webkitGetAsEntry: () => entry, getAsFile: () => null }] });
  const end = uploader.start();
  while (!finishRead) await settle();
  uploader.cancelAll();
  assert.deepEqual(await end, { successful: [], failed: [] }, 'nothing is waited for');
  finishRead(png);
  assert.deepEqual(await added, []);
  assert.deepEqual(uploader.tasks, []);
});

test('complete waits for a running addAll()', async (t) => {
  useRealTimers(t);
  mockFetch(ready);
  const uploader = new Uploader(options);
  const events = record(uploader, 'complete');
  let finishRead;
  const entry = { isFile: true, name: 'a', file: (_, reject) => (finishRead = reject) };
  const added = uploader.addAll({ items: [{ kind: 'file', webkitGetAsEntry: () => entry, getAsFile: () => null }] });
  await uploader.add(url(1));
  await settle();
  assert.deepEqual(events, []);
  while (!finishRead) await settle();
  finishRead(new Error('gone'));
  await assert.rejects(added, AggregateError);
  assert.equal(events.length, 1);
});

test('every listener receives events in the same order, even if another changes the queue', () => {
  const uploader = new Uploader({ ...options, autoProceed: false });
  const events = [];
  uploader.on('file-added', (task) => uploader.remove(task));
  for (const name of ['file-added', 'upload-error', 'file-removed']) uploader.on(name, () => events.push(name));
  const task = uploader.add(url(1));
  assert.deepEqual([events, task.status], [['file-added', 'upload-error', 'file-removed'], 'aborted']);
});

test('Vue does not wrap a queue and its uploads in proxies', () => {
  const uploader = new Uploader({ ...options, autoProceed: false });
  for (const one of [uploader, uploader.add(url(1))]) {
    assert.equal(one.__v_skip, true);
    assert.ok(!Object.keys(one).includes('__v_skip'));
  }
});
