// The demo page in its states: what axe-core finds, whether it fits on a narrow page, and what works by keyboard.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checkAccessibility, LOOKS, overflow, setLook } from './accessibility.mjs';
import { openTab } from './browser.mjs';
import { file, png, REAL } from './fixtures.mjs';
import { choose, ended, pick, waitForItem } from './page.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const [PHOTO, , , MOVIE] = REAL;
const NARROW = file('narrow.png', png(100, 128));

const STATES = {
  empty: (tab) => choose(tab, 'relaydance'),
  'without a required option': async (tab) => {
    await choose(tab, 'onerouter');
    await tab.page.$eval('#options [name="model"]', (field) => {
      field.value = '';
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
  },
  'with uploads and assets': async (tab) => {
    await choose(tab, 'modelhunter');
    await pick(tab, [NARROW]);
    await waitForItem(tab, '[part~="send"]');
    await choose(tab, 'onerouter');
    await pick(tab, [PHOTO, MOVIE]);
    for (const { name } of [PHOTO, MOVIE]) await ended(tab, name);
    await tab.page.$eval('#assets', (panel) => {
      panel.open = true;
    });
    await tab.page.waitForSelector('#assets li');
  },
  'as a grid': async (tab) => {
    await choose(tab, 'modelhunter');
    await tab.page.$eval('#grid', (box) => box.click());
    await pick(tab, [PHOTO, NARROW]);
    for (const { name } of [PHOTO, NARROW]) await ended(tab, name);
  },
};

suite('accessibility of the page', () => {
  setUp();

  for (const [state, reach] of Object.entries(STATES))
    test(`${state}: axe-core finds nothing, and 320 pixels are enough`, async (t) => {
      const tab = await openTab(t, browser, gateway.url);
      await reach(tab);
      for (const [name, look] of Object.entries(LOOKS)) {
        await setLook(tab, look);
        const passes = await checkAccessibility(tab, name);
        assert.ok(passes.includes('color-contrast') && passes.includes('label'));
        await tab.page.evaluate(() => {
          document.body.style.width = '320px';
        });
        assert.equal(await overflow(tab), 0, name);
      }
      assert.deepEqual(tab.errors, []);
    });
});
