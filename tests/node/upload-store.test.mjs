// The states of uploads: what each status contains.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { options, settle } from './mock-network.mjs';
import { png } from './queue/helpers.mjs';
import { bundledWithScript } from './queue/scripted.mjs';

/** A queue on a scripted core, its states, and the calls. */
async function start() {
  const contents = `export { Uploader } from './queue/uploader.js';
    export { UploadStore } from './queue/upload-store.js';
    export { singleUpload } from './queue/single-upload.js'`;
  const { Uploader, UploadStore, singleUpload, script } = await bundledWithScript(contents);
  const calls = [];
  script.called = (call) => calls.push(call);
  script.described = () => {};
  globalThis.requestAnimationFrame ??= setImmediate;
  const uploader = new Uploader(options);
  const store = new UploadStore(uploader);
  const state = () => store.all.get(uploader.tasks[0]);
  const single = () => singleUpload([...store.all.values()]);
  return { uploader, calls, state, single };
}

const outcome = ({ status, retry, asset, error }) => ({ status, retry, asset, error });

test('an upload that waits, succeeds or is aborted has the fields of its status', async () => {
  const { uploader, calls, state, single } = await start();
  assert.equal(single().status, 'idle');
  const task = uploader.add(png);
  assert.deepEqual(outcome(state()), { status: 'queued', retry: undefined, asset: undefined, error: undefined });
  await settle();
  calls[0].emit({ type: 'retry', retry: { error: 'network', attempt: 1, delayMillis: 5, remainingMillis: 9 } });
  assert.deepEqual([state().status, state().retry.attempt, single().retry.attempt], ['uploading', 1, 1]);
  task.abort('enough');
  assert.deepEqual(outcome(state()), { status: 'aborted', retry: undefined, asset: undefined, error: 'enough' });
  task.retry();
  assert.deepEqual(outcome(state()), { status: 'queued', retry: undefined, asset: undefined, error: undefined });
  await settle();
  const asset = { ref: 'asset://1' };
  calls[1].succeed(asset);
  await settle();
  assert.deepEqual(outcome(state()), { status: 'succeeded', retry: undefined, asset, error: undefined });
  assert.equal(single(), state());
});

test('the error of an upload that failed is an Error, whatever the code of the page throws', async () => {
  const { uploader, calls, state } = await start();
  const fails = async (thrown) => {
    for (const task of uploader.tasks) uploader.remove(task);
    uploader.add(png);
    await settle();
    calls.at(-1).fail(thrown);
    await settle();
    assert.equal(state().status, 'failed');
    return state().error;
  };
  const error = new TypeError('mine');
  assert.equal(await fails(error), error);
  const subclass = new (class extends DOMException {})('of the platform');
  assert.equal(await fails(subclass), subclass);
  const wrapped = await fails('no token');
  assert.deepEqual([wrapped instanceof Error, wrapped.message, wrapped.cause], [true, 'no token', 'no token']);
});
