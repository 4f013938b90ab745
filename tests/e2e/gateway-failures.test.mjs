// A stopped gateway, and one with a wrong key: the errors on the page.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BLANK, openTab, startBrowser } from './browser.mjs';
import { REAL } from './fixtures.mjs';
import { startGateway } from './gateway.mjs';
import { lifetime } from './lifetime.mjs';
import { choose, drop, ended, wholePage } from './page.mjs';

const [PHOTO] = REAL;
const WRONG = 'wrong-key-5b1d7e';

suite('gateway failures', () => {
  test('a gateway that is down fails the upload with network', async (t) => {
    const life = lifetime(t);
    const gateway = await startGateway(life);
    const tab = await openTab(life, await startBrowser(life), gateway.url + BLANK);
    await tab.call('init');
    await gateway.stop();
    const { error, retries } = await tab.upload(PHOTO, { retryTimeout: 2_000 });
    assert.deepEqual([error?.code, error?.stage, error?.retryable], ['network', 'ticket', true]);
    assert.match(error.message, /connection failed/i);
    assert.ok(retries.length > 1);
  });

  test('a wrong key fails the upload and is not revealed', async (t) => {
    const life = lifetime(t);
    const providers = await startGateway(life);
    const settings = ['modelhunter', 'relaydance'].flatMap((id) => [
      [`MEDIAFERRY_${id.toUpperCase()}_ORIGIN`, `${providers.url}/sandbox/${id}`],
      [`MEDIAFERRY_${id.toUpperCase()}_KEY`, WRONG],
    ]);
    const gateway = await startGateway(life, { env: Object.fromEntries(settings) });
    const browser = await startBrowser(life);
    for (const provider of ['modelhunter', 'relaydance']) {
      await gateway.reset();
      const tab = await openTab(life, browser, gateway.url);
      await choose(tab, provider);
      await drop(tab, [PHOTO]);
      const card = await ended(tab, PHOTO.name);
      assert.deepEqual([card.state, card.code, card.ref], ['failed', 'unauthenticated', null]);
      assert.match(card.words, /key/);
      assert.equal((await gateway.sent()).filter((line) => line.startsWith('gateway ')).length, 1);
      assert.equal(tab.sent('PUT').length, 0);
      const everything = [await wholePage(tab), await gateway.settled(), JSON.stringify(tab.requests)].join();
      assert.ok(!everything.includes(WRONG));
    }
  });
});
