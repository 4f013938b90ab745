// Where a file of the package is missing or refused, a copy of it or the main thread does the same job.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BLANK, openTab } from './browser.mjs';
import { cutJpeg, file, REAL } from './fixtures.mjs';
import { browser, gateway, setUp } from './setup.mjs';

/** What `init` is told, and how many workers that makes. */
const WAYS = {
  'a worker, which is the default': [undefined, 1],
  'no worker, as asked': [{ worker: false }, 0],
  'a worker that is not there, but its copy is': [{ worker: '/mediaferry/nowhere.js' }, 1],
  'a worker of another origin, by its copy': [{ worker: 'https://cdn.test/worker.js' }, 1],
  'a worker that is no script, by its copy': [{ worker: '/mediaferry/core.wasm' }, 1],
};

suite('with and without a worker', () => {
  setUp();

  for (const [title, [init, workers]] of Object.entries(WAYS)) {
    test(title, async (t) => {
      const tab = await openTab(t, browser, gateway.url + BLANK);
      for (const provider of ['modelhunter', 'relaydance']) {
        for (const given of REAL) {
          const { asset, error } = await tab.upload(given, { provider, init });
          assert.equal(asset?.sha256, given.sum, error?.message);
          const bytes = Buffer.from(await (await fetch(asset.url)).arrayBuffer());
          assert.ok(bytes.equals(given.bytes));
        }
      }
      const { error } = await tab.upload(file('cut.jpg', cutJpeg()));
      assert.deepEqual([error.name, error.code, error.violations[0].rule], ['UploadError', 'rejected', 'complete']);
      assert.equal((await tab.workers()).length, workers);
      assert.equal((await gateway.sent()).length, REAL.length * 4);
    });
  }
});
