// The list of assets of an account: the page shows it in parts, and deletes an asset after a confirmation.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openTab } from './browser.mjs';
import { REAL } from './fixtures.mjs';
import { choose, drop, ended, waitForText } from './page.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const [PHOTO] = REAL;

suite('assets of an account on the page', () => {
  setUp();

  const ids = (tab) => tab.page.$$eval('#assets li', (rows) => rows.map((row) => row.dataset.asset));
  const press = async (tab, selector) => {
    const button = await tab.page.waitForSelector(selector, { visible: true });
    await button.evaluate((element) => element.click());
  };
  const rows = (tab, number) => tab.page.waitForSelector(`#assets li:nth-child(${number})`);

  /** Makes an asset without the page. */
  async function make() {
    const form = new FormData();
    form.set('model', 'any/model');
    form.set('file', new Blob([PHOTO.bytes], { type: PHOTO.type }), PHOTO.name);
    const response = await fetch(`${gateway.url}/providers/onerouter/v1/upload/resources`, {
      method: 'POST',
      body: form,
    });
    assert.equal(response.ok, true, await response.text());
  }

  test('the list is requested only if the provider has one', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'relaydance');
    assert.equal(await tab.page.$eval('#assets', (panel) => panel.checkVisibility()), false);
    await choose(tab, 'onerouter');
    await press(tab, '#assets summary');
    await waitForText(tab, '#assets .note', 'There are none yet.');
    assert.deepEqual(tab.errors, []);
  });

  test('twenty assets are shown at once, and one is deleted after a second press', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'onerouter');
    await drop(tab, [PHOTO]);
    assert.equal((await ended(tab, PHOTO.name)).state, 'succeeded');
    for (let made = 1; made < 23; made += 1) await make();
    await press(tab, '#assets summary');
    await rows(tab, 20);
    const first = await ids(tab);
    assert.equal(first.length, 20);

    const gone = `#assets [data-asset="${first[1]}"]`;
    await press(tab, `${gone} button:last-child`);
    assert.equal((await gateway.settled()).includes('method=DELETE path=/providers/'), false);
    await tab.page.waitForSelector(`${gone} .asking`);
    await tab.page.focus('#provider');
    assert.equal(await tab.page.$(`${gone} .asking`), null);
    await press(tab, `${gone} button:last-child`);
    await press(tab, `${gone} .asking`);
    await tab.page.waitForSelector(gone, { hidden: true });
    await rows(tab, 19);

    // What was on the second page has moved up, and none of it is left out.
    await press(tab, '#assets .more');
    await rows(tab, 22);
    const all = await ids(tab);
    assert.deepEqual([all.length, new Set(all).size, all.includes(first[1])], [22, 22, false]);
    assert.equal(await tab.page.$eval('#assets .more', (more) => more.checkVisibility()), false);
    assert.deepEqual(tab.errors, []);
  });
});
