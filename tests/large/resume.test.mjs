// Interrupted uploads in parts: what is sent again, and whether the right file is stored. With LARGE=all, on every store, with
// parts of 5 MiB, and beside Uppy; otherwise on the embedded store with small parts.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import { filesOf } from '../../benches/node/files.mjs';
import { startBrowser } from '../e2e/browser.mjs';
import { hasPages } from '../e2e/engine.mjs';
import { lifetime } from '../e2e/lifetime.mjs';
import { Bench, bundlePages, copyOf, sha256, until } from './harness.mjs';
import { engine, isWhole, note } from './scenario.mjs';
import { STORES } from './stores.mjs';

const MIB = 1 << 20;
const PART = isWhole ? 5 * MIB : MIB;
const LARGER = isWhole ? 6 * MIB : PART + 1000;
const PARTS = 12;
/** 60 %. */
const STORED = 7;
const SIZE = (PARTS - 1) * PART + 1000;
const DAMAGED = 2 * PART + 5000;

const INTERNAL_ERROR = '<Error><Code>InternalError</Code><Message>Internal error.</Message></Error>';
const isCompletion = ({ method, uploadId }) => method === 'POST' && uploadId;

for (const [storeName, { skip, start }] of Object.entries(STORES)) {
  if (storeName !== 'embedded' && !isWhole) continue;
  suite(`large files on ${storeName} storage`, { skip }, () => {
    const life = lifetime({ after });
    const [path] = filesOf(1, SIZE);
    const expected = sha256(readFileSync(path));
    const benches = {};

    before(async () => {
      const [{ variables }, browser, pages] = [await start(life), await startBrowser(life), await bundlePages(life)];
      for (const contender of isWhole ? ['mediaferry', 'uppy'] : ['mediaferry'])
        benches[contender] = await Bench.start(life, { browser, contender, variables, pages, partBytes: PART });
    });

    const record = (t, scenario, contender, figure) => note(t, { scenario, store: storeName, contender }, figure);
    const again = ({ again }) => `${again} of ${STORED} parts sent again`;
    const OBJECTS = { right: 'the right object', wrong: '**a corrupt object**', none: 'no object' };
    const told = ({ error, object }) => `${error ? 'error' : 'success'}, ${OBJECTS[object]}`;

    test('A2: the tab is killed, and the file is one that the browser has kept', {
      skip: engine !== 'chromium',
    }, async (t) => {
      const bench = benches.mediaferry;
      // No test can answer the browser's question, so another tab keeps the permission that the drop gives.
      const keeper = await bench.open(t);
      const beforeKill = async () => assert.equal(await bench.call(keeper, 'keepPermission'), 'granted');
      const drop = async (tab) => {
        await bench.call(tab, 'openDropZone');
        const hand = await tab.page.createCDPSession();
        const data = { items: [], files: [path], dragOperationsMask: 1 };
        for (const type of ['dragEnter', 'dragOver', 'drop'])
          await hand.send('Input.dispatchDragEvent', { type, x: 9, y: 9, data });
      };
      await bench.interrupt(t, path, STORED, { give: drop, beforeKill });
      const tab = await bench.open(t);
      await bench.call(tab, 'resumeOnClick');
      await tab.page.mouse.click(9, 9);
      const result = await bench.end(tab);
      assert.equal(result.sha256, expected, JSON.stringify(result));
      const again = bench.wire.stored.length - (PARTS - STORED);
      record(t, 'A2', 'mediaferry', `${again} of ${STORED} parts sent again`);
      assert.ok(again <= 1, `${again} parts were sent again`);
    });

    for (const contender of isWhole ? ['mediaferry', 'uppy'] : ['mediaferry']) {
      const isOurs = contender === 'mediaferry';

      test(`A3: the file is picked again under another name, by ${contender}`, async (t) => {
        const bench = benches[contender];
        await bench.interrupt(t, path, STORED);
        const result = await bench.continue(t, copyOf(t, path, 'another.mp4'), STORED);
        record(t, 'A3', contender, again(result));
        if (!isOurs) return;
        assert.deepEqual([result.sha256, result.object], [expected, 'right']);
        assert.ok(result.again <= 1, `${result.again} parts were sent again`);
        assert.ok(
          result.isMonotonic && result.first >= (0.8 * STORED) / PARTS,
          `the progress began at ${result.first}`,
        );
      });

      test(`A4: another file with the same name, size and time is picked, by ${contender}`, async (t) => {
        const bench = benches[contender];
        const original = copyOf(t, path, 'holiday.mp4');
        const changed = copyOf(t, path, 'holiday.mp4', (bytes) => {
          bytes[DAMAGED] ^= 1;
        });
        await bench.interrupt(t, original, STORED);
        if (isOurs) {
          const refused = await bench.continue(t, changed, STORED, { how: 'resume' });
          assert.deepEqual([refused.error, refused.sent], ['different_file', 0]);
        }
        const result = await bench.continue(t, changed, STORED);
        const figure = isOurs ? `refused; as a new upload ${told(result)}` : told(result);
        record(t, 'A4', contender, figure);
        if (isOurs) assert.deepEqual([result.sha256, result.object], [sha256(readFileSync(changed)), 'right']);
      });

      test(`A5: the part size changes meanwhile, by ${contender}`, async (t) => {
        const bench = benches[contender];
        await bench.interrupt(t, path, STORED);
        if (isOurs) await bench.changePartSize(LARGER);
        const result = await bench.continue(t, path, STORED, { options: isOurs ? {} : { chunkBytes: LARGER } });
        record(t, 'A5', contender, told(result));
        if (!isOurs) return;
        await bench.changePartSize(PART);
        assert.deepEqual([result.sha256, result.object, result.sent], [expected, 'right', PARTS - STORED]);
      });

      for (const [scenario, what, action] of [
        ['A7lost', 'the response of the completion is lost', 'lose'],
        ['A7error', 'the completion has status 200 and an error', { status: 200, body: INTERNAL_ERROR }],
      ])
        test(`A7: ${what}, by ${contender}`, async (t) => {
          const bench = benches[contender];
          await bench.forget(t);
          bench.wire.reset();
          bench.wire.fault(isCompletion, action);
          const result = await bench.continue(t, path, 0);
          record(t, scenario, contender, told(result));
          if (!isOurs) return;
          assert.deepEqual([result.sha256, result.object, result.sent], [expected, 'right', PARTS]);
          assert.equal(new Set(bench.wire.stored.map(({ key }) => key)).size, 1, 'there is one object');
        });

      test(`A8: storage aborts the upload meanwhile, by ${contender}`, async (t) => {
        const bench = benches[contender];
        const { key, uploadId } = await bench.interrupt(t, path, STORED);
        await bench.bucket.request('DELETE', key, { uploadId });
        const result = await bench.continue(t, path, 0);
        record(t, 'A8', contender, told(result));
        if (!isOurs) return;
        assert.deepEqual([result.sha256, result.object, result.restarts], [expected, 'right', 1]);
      });
    }

    test('A10: two tabs resume one upload, which is then cancelled', async (t) => {
      const bench = benches.mediaferry;
      const { key, uploadId } = await bench.interrupt(t, path, STORED);
      bench.wire.hold(2);
      const tab = await bench.open(t);
      const input = await tab.holdingPaths([path]);
      await bench.call(tab, 'resume', input);
      await until(() => bench.wire.stored.length === 2);
      // In WebKit, the same page is both.
      const other = hasPages ? await bench.open(t) : tab;
      const second = await bench.call(other, 'resumeBesides', await other.holdingPaths([path]));
      assert.deepEqual(second, [0, 'in_use']);
      await bench.call(tab, 'cancel');
      const { error } = await bench.end(tab);
      assert.equal(error, 'AbortError');
      bench.wire.release();
      await until(async () => !(await bench.bucket.uploads()).some((upload) => upload.uploadId === uploadId));
      assert.equal((await fetch(bench.bucket.url('GET', key))).status, 404);
      record(t, 'A10', 'mediaferry', 'one sender, no upload left');
    });
  });
}
