// close(): the worker ends, what is running is interrupted, and the page goes on with another core.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BLANK, openTab } from './browser.mjs';
import { REAL } from './fixtures.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const [PHOTO] = REAL;

suite('close()', () => {
  setUp();

  for (const [title, init] of Object.entries({ 'with a worker': {}, 'on the same thread': { worker: false } })) {
    test(`${title}: running calls are interrupted, later ones start the core again`, async (t) => {
      const tab = await openTab(t, browser, gateway.url + BLANK);
      await gateway.fault({ at: 'storage', method: 'PUT', fault: { delay_millis: 60_000 } });
      const result = await tab.page.evaluate(closes, await tab.holding([PHOTO]), init);
      const { name, code, retryable, outcomeUnknown } = result.error;
      assert.deepEqual([name, code, retryable, outcomeUnknown], ['UploadError', 'interrupted', true, false]);
      assert.deepEqual(result.probed, ['UploadError', 'interrupted']);
      assert.equal(result.retried, PHOTO.sum, 'a retry uploads the file');
      assert.equal(result.workers, 0, 'no worker is left');
      const workers = init.worker === false ? 0 : 1;
      assert.equal((await tab.workers()).length, workers);
      const stored = (await gateway.sent()).filter((line) => line.startsWith('storage PUT'));
      assert.equal(stored.length, 1, 'the first request was aborted');
      assert.deepEqual(tab.errors, []);
    });
  }

  test('it may be called before the core has started, twice, and again', async (t) => {
    const tab = await openTab(t, browser, gateway.url + BLANK);
    const format = await tab.page.evaluate(
      async (input) => {
        const { close, init, probe } = await import('/mediaferry/index.js');
        await close();
        const starting = init();
        await Promise.all([close(), close()]);
        await starting;
        const { format } = await probe(input.files[0]);
        await close();
        return format;
      },
      await tab.holding([PHOTO]),
    );
    assert.equal(format, 'JPEG');
    assert.deepEqual(await tab.workers(), []);
  });
});

/** Runs in the page. */
async function closes(input, options) {
  const [file] = input.files;
  const { close, init, probe, upload } = await import('/mediaferry/index.js');
  await init(options);
  const task = upload(file, { provider: 'modelhunter' });
  const failed = task.result.then(
    () => ({}),
    ({ name, code, retryable, outcomeUnknown }) => ({ name, code, retryable, outcomeUnknown }),
  );
  while (task.stage !== 'transfer') await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const probing = probe(file).catch(({ name, code }) => [name, code]);
  // So that the call has reached the core.
  await Promise.resolve();
  await close();
  const [error, probed] = await Promise.all([failed, probing]);
  const workers = globalThis.keptWorkers.size;
  task.retry();
  return { error, probed, workers, retried: (await task).sha256 };
}
