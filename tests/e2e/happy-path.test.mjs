// The happy path on the demo page: a real file becomes an asset with the same bytes, at each provider.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openTab } from './browser.mjs';
import { REAL, sha256 } from './fixtures.mjs';
import { choose, drop, ended, paste, pick, wholePage } from './page.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const METHODS = { dropped: drop, picked: pick, pasted: paste };
const KEY = 'sandbox-key';

suite('a real file becomes an asset', () => {
  setUp();

  for (const file of REAL) {
    for (const method of ['dropped', 'picked']) {
      test(`ModelHunter: ${file.name}, ${method}, goes straight to storage`, async (t) => {
        const tab = await openTab(t, browser, gateway.url);
        await choose(tab, 'modelhunter');
        await METHODS[method](tab, [file]);
        const card = await ended(tab, file.name);
        await checkAsset(tab, card, file);

        const puts = tab.sent('PUT');
        assert.equal(puts.length, 1);
        assert.equal(new URL(puts[0].url).origin, gateway.storage);
        assert.equal(puts[0].headers['content-type'], file.type);
        assert.deepEqual(await gateway.sent(), [
          'gateway POST /providers/modelhunter/api/v1/files/upload-url 200',
          'storage PUT /mediaferry/modelhunter/{id} 200',
          'gateway POST /providers/modelhunter/api/v1/files/{id}/complete 200',
        ]);
        await checkSecrets(tab, gateway);
      });

      test(`RelayDance: ${file.name}, ${method}, goes by the gateway`, async (t) => {
        const tab = await openTab(t, browser, gateway.url);
        await choose(tab, 'relaydance');
        await METHODS[method](tab, [file]);
        const card = await ended(tab, file.name);
        await checkAsset(tab, card, file);

        assert.deepEqual(tab.sent('PUT'), []);
        assert.deepEqual(await gateway.sent(), ['gateway POST /providers/relaydance/v1/files 200']);
        await checkSecrets(tab, gateway);
      });
    }
  }

  for (const file of REAL.filter(({ type }) => type.startsWith('image/'))) {
    test(`WorldRouter: ${file.name} goes by the gateway`, async (t) => {
      const tab = await openTab(t, browser, gateway.url);
      await choose(tab, 'worldrouter');
      await METHODS.picked(tab, [file]);
      await checkAsset(tab, await ended(tab, file.name), file);
      assert.deepEqual(await gateway.sent(), ['gateway POST /providers/worldrouter/v1/images/uploads 200']);
      await checkSecrets(tab, gateway);
    });
  }

  test('all four at once, pasted', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'modelhunter');
    await paste(tab, REAL);
    for (const file of REAL) await checkAsset(tab, await ended(tab, file.name), file);
    assert.equal((await gateway.sent()).filter((line) => line.startsWith('storage PUT')).length, REAL.length);
    assert.deepEqual(tab.errors, []);
  });
});

/** The card has the asset, and a GET of its URL returns the file's bytes with its type. */
async function checkAsset(tab, card, file) {
  assert.equal(card.state, 'succeeded', card.words);
  assert.equal(card.sha256, file.sum);
  assert.equal(card.mismatch, false);
  const response = await fetch(card.ref);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), file.type);
  assert.equal(sha256(Buffer.from(await response.arrayBuffer())), file.sum);
  assert.deepEqual(tab.errors, []);
}

/** No request of the page has a credential, and neither page nor log has a key or a signature. */
async function checkSecrets(tab, gateway) {
  for (const { url, headers } of tab.requests) {
    // The browser's own headers, which no script can see, are among them: this is what really went out.
    if (url.startsWith(gateway.storage)) assert.ok(headers.host, `${url}: not the headers that were sent`);
    for (const name of ['authorization', 'cookie', 'x-api-key']) assert.equal(headers[name], undefined, url);
  }
  const page = await wholePage(tab);
  const log = await gateway.settled();
  for (const secret of [KEY, 'X-Amz-Signature', 'X-Amz-Credential']) {
    assert.ok(!page.includes(secret), `the page has ${secret}`);
    assert.ok(!log.includes(secret), `the log has ${secret}`);
  }
}
