// The documentation site as the sandbox serves it: its pages, the search in the page, and an example that uploads.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openTab } from '../e2e/browser.mjs';
import { REAL } from '../e2e/fixtures.mjs';
import { browser, gateway, setUp } from '../e2e/setup.mjs';

suite('the documentation site', () => {
  setUp();

  test('a page is shown under the content policy', async (t) => {
    const tab = await openTab(t, browser, `${gateway.url}/docs/guides/errors.html`);
    assert.equal(
      await tab.page.$eval('h1', ({ textContent }) => textContent.trim().split('\n')[0].slice(0, 6)),
      'Errors',
    );
    await tab.page.waitForSelector('.VPSidebar a[href="/docs/guides/queue.html"]');
    await tab.settled();
    assert.deepEqual(tab.errors, []);
    const others = tab.requests.filter(({ url }) => !url.startsWith(gateway.url) && !url.startsWith('data:'));
    assert.deepEqual(others, [], 'nothing comes from elsewhere');
  });

  test('the search finds guides and the API without a service', async (t) => {
    const tab = await openTab(t, browser, `${gateway.url}/docs/`);
    for (const [words, page] of [
      ['lifecycle rule', '/docs/guides/deploying-the-gateway.html'],
      ['listAssets', '/docs/api/'],
    ]) {
      await (await tab.page.waitForSelector('.DocSearch-Button')).click();
      await (await tab.page.waitForSelector('.VPLocalSearchBox input')).type(words);
      await tab.page.waitForSelector(`.VPLocalSearchBox a.result[href^="${page}"]`);
      await tab.page.keyboard.press('Escape');
    }
    assert.deepEqual(tab.errors, []);
  });

  test('an example runs against the sandbox', async (t) => {
    const tab = await openTab(t, browser, `${gateway.url}/docs/guides/upload.html`);
    await (await tab.page.waitForSelector('details.example summary')).click();
    const frame = await (await tab.page.waitForSelector('details.example iframe')).contentFrame();
    const input = await frame.waitForSelector('input[type=file]');
    await input.uploadFile(...tab.save([REAL[0]]));
    const line = await frame.waitForSelector('pre');
    assert.match(await line.evaluate(({ textContent }) => textContent), /\/sandbox\/modelhunter\/cdn\//);
  });
});
