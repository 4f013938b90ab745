// Storage that has many parts, or that fails while parts are sent. Only with LARGE=all.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { filesOf } from '../../benches/node/files.mjs';
import { startBrowser } from '../e2e/browser.mjs';
import { lifetime } from '../e2e/lifetime.mjs';
import { Bench, bundlePages, sha256, until } from './harness.mjs';
import { isWhole, note } from './scenario.mjs';
import { STORES } from './stores.mjs';

const MIB = 1 << 20;
const PART = 5 * MIB;
const PARTS = 12;
const SIZE = (PARTS - 1) * PART + 1000;
/** The status for an expired URL: 400 is Garage's. */
const EXPIRED = [400, 403];
/** The most connections that a browser opens. */
const CONNECTIONS = 6;

for (const [storeName, { skip, start }] of Object.entries(isWhole ? STORES : {})) {
  suite(`failing ${storeName} storage`, { skip }, () => {
    const life = lifetime({ after });
    let store;
    let common;

    before(async () => {
      store = await start(life, 3);
      const [browser, pages] = [await startBrowser(life), await bundlePages(life)];
      common = { browser, pages, variables: store.variables, contender: 'mediaferry' };
    });

    const record = (t, scenario, figure) => note(t, { scenario, store: storeName, contender: 'mediaferry' }, figure);

    /** Begins an upload, and waits until a third of the parts are stored and others wait. */
    async function begin(t, env = {}) {
      const [path] = filesOf(1, SIZE);
      const bench = await Bench.start(lifetime(t), { ...common, partBytes: PART, env });
      bench.wire.hold(4);
      const tab = await bench.open(t);
      await bench.give(tab, path);
      await until(() => bench.wire.stored.length === 4);
      const end = async () => {
        const result = await bench.end(tab, 300);
        const { stored } = bench.wire;
        const twice = stored.length - new Set(stored.map(({ number }) => number)).size;
        const expected = sha256(readFileSync(path));
        assert.deepEqual([result.sha256, await bench.object(expected)], [expected, 'right'], JSON.stringify(result));
        return { ...result, twice, extra: Math.ceil((bench.wire.sentBytes - SIZE) / PART) };
      };
      return { bench, end };
    }

    test('A6: 1,100 parts are stored', async (t) => {
      const [path] = filesOf(1, 1_200_500);
      const bench = await Bench.start(lifetime(t), { ...common, partBytes: 1000 });
      await bench.interrupt(t, path, 1100);
      const result = await bench.continue(t, path, 1100);
      record(t, 'A6', `${result.again} of 1,100 parts sent again`);
      assert.deepEqual([result.sha256, result.object, result.sent], [sha256(readFileSync(path)), 'right', 101]);
    });

    const dies = storeName === 'ceph';

    test(`A9: part URLs live 20 s, no ETag is exposed${dies ? ', and a storage daemon dies' : ''}`, async (t) => {
      const { bench, end } = await begin(t, { MEDIAFERRY_STAGING_TICKET_SECONDS: '20' });
      await store.killStorage?.();
      await sleep(22_000);
      bench.wire.release();
      const { twice, extra } = await end();
      const expired = bench.wire.requests.filter(({ number, status }) => number && EXPIRED.includes(status)).length;
      assert.ok(expired > 0, 'no URL has expired');
      record(t, 'A9', `success, ${twice} stored parts sent again`);
      assert.equal(twice, 0);
      assert.ok(extra <= CONNECTIONS, `${extra} parts more were sent`);
    });

    test('its server is killed for a minute', { skip: storeName === 'embedded' }, async (t) => {
      const { bench, end } = await begin(t);
      bench.wire.release();
      await sleep(20);
      await store.killGateway();
      await sleep(60_000);
      await store.startGateway();
      const { twice, extra } = await end();
      record(t, 'killed', `success, ${twice} stored parts and ${extra} others sent again`);
      assert.equal(twice, 0);
      assert.ok(extra <= CONNECTIONS, `${extra} parts more were sent`);
    });
  });
}
