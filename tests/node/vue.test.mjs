// Vue: the composables without a DOM, and objects that must not be proxied.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Uploader, upload } from 'mediaferry';
import { useUpload, useUploader } from 'mediaferry/vue';
import { createSSRApp, effectScope, h, isReactive, nextTick, reactive, ref, toRaw, watch } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { importsOf } from './imports.mjs';
import { loadCore, mockFetch, options, ready, settle, shortenTimers } from './mock-network.mjs';

const SOURCE = 'https://example.test/a.png';

before(async () => {
  await loadCore();
  shortenTimers();
  globalThis.requestAnimationFrame ??= setImmediate;
});

const until = async (isDone) => {
  for (const end = Date.now() + 10_000; !isDone(); await settle()) assert.ok(Date.now() < end, 'it does not happen');
};

test('queues and uploads work in refs and in reactive objects', async () => {
  mockFetch(ready);
  const queue = ref(new Uploader(options));
  const state = reactive({ queue: new Uploader(options), task: upload(SOURCE, options) });
  const task = ref(upload(SOURCE, options));
  for (const one of [queue.value, state.queue, state.task, task.value]) assert.ok(!isReactive(one));
  for (const uploader of [queue.value, state.queue]) {
    uploader.on('upload-error', () => {});
    assert.equal((await uploader.add(SOURCE)).ref, 'asset://a1');
    assert.deepEqual([uploader.tasks.length, uploader.progress.succeeded], [1, 1]);
    uploader.cancelAll();
  }
  for (const one of [state.task, task.value]) {
    one.pause();
    one.resume();
    assert.equal((await one).ref, 'asset://a1');
    for await (const event of one) assert.equal(event.type, 'success');
  }
  const list = reactive([...state.queue.tasks]);
  assert.equal(list[0].status, 'succeeded');
});

test('useUploader follows its options, which may be reactive, and its queue', async () => {
  mockFetch(ready);
  const settings = reactive({ ...options, concurrency: 1 });
  const events = [];
  const scope = effectScope();
  const { uploads, progress, uploader, add, remove } = scope.run(() =>
    useUploader(settings, { 'upload-success': (_, { ref }) => events.push(ref) }),
  );
  assert.ok(uploader instanceof Uploader, 'a page has one copy of the package');
  const seen = [];
  scope.run(() => watch(uploads, (now) => seen.push(now.length), { flush: 'sync' }));
  settings.concurrency = 3;
  assert.equal(uploader.options.concurrency, 3, 'before the next line');
  const task = add(SOURCE);
  await until(() => uploads.value[0]?.status === 'succeeded' && progress.value.succeeded === 1);
  assert.deepEqual([uploads.value[0].asset.ref, uploads.value[0].task, events], ['asset://a1', task, ['asset://a1']]);
  assert.equal(toRaw(uploads.value[0]), uploads.value[0], 'states are not proxied');
  settings.provider = 'relaydance';
  await assert.rejects(add(SOURCE).result, { code: 'rejected' });
  remove(uploads.value[0]);
  await nextTick();
  await until(() => uploads.value.length === 1);
  assert.ok(seen.length >= 3);
  scope.stop();
});

test('when its scope ends, uploads are aborted and no listener is called', async () => {
  mockFetch(() => new Promise(() => {}));
  const { signal } = new AbortController();
  const events = [];
  const scope = effectScope();
  const { add } = scope.run(() => useUploader({ ...options, signal }, { 'upload-error': () => events.push('error') }));
  const task = add(SOURCE);
  await settle();
  assert.equal(task.status, 'uploading');
  scope.stop();
  assert.deepEqual([task.status, events], ['aborted', []]);
});

test('useUpload has one upload at a time, and its state', async () => {
  let answer = () => Response.json({ error: 'no' }, { status: 400 });
  mockFetch((request) => answer(request));
  const scope = effectScope();
  const { state, upload: start, retry, reset } = scope.run(() => useUpload(() => options));
  assert.equal(state.value.status, 'idle');
  const first = start(SOURCE);
  first.catch(() => {});
  await until(() => state.value.status === 'failed');
  assert.equal(state.value.error.code, 'refused');
  answer = ready;
  retry();
  await until(() => state.value.status === 'succeeded');
  assert.equal(state.value.asset.ref, 'asset://a1');
  reset();
  await until(() => state.value.status === 'idle');
  scope.stop();
});

test('a server renders an empty queue', async () => {
  const app = createSSRApp({
    setup() {
      const { uploads } = useUploader({ provider: 'apiframe' });
      const { state } = useUpload({ provider: 'apiframe' });
      return () => h('p', `${uploads.value.length} ${state.value.status}`);
    },
  });
  assert.equal(await renderToString(app), '<p>0 idle</p>');
});

test('the entry imports Vue and the main entry', async () => {
  assert.deepEqual(await importsOf('vue'), ['./index.js', 'vue']);
});
