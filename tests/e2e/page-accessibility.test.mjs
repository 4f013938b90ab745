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

  test('on a phone, files can be chosen without scrolling, and what a provider accepts can be unfolded', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'onerouter');
    const [isOpen, isWide, summary] = await tab.page.$eval('#accepts', ({ open, textContent }) => [
      open,
      matchMedia('(min-width: 40rem)').matches,
      textContent.trim(),
    ]);
    assert.equal(isOpen, isWide);
    assert.match(summary, /^What OneRouter accepts/);
    const bottoms = await tab.page.evaluate(() => {
      document.body.style.width = '390px';
      return [false, true].map((isOpen) => {
        document.querySelector('#accepts').open = isOpen;
        return document.querySelector('#files').getBoundingClientRect().bottom;
      });
    });
    // The height of a small phone's window.
    assert.ok(bottoms[0] <= 664 && bottoms[1] > bottoms[0] + 100, `${bottoms}`);
  });

  test('with letters of twice the size, nothing is wider than a phone', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    for (const provider of ['modelhunter', 'onerouter']) {
      await choose(tab, provider);
      await tab.page.evaluate(() => {
        document.documentElement.style.fontSize = '200%';
        document.body.style.width = '390px';
        document.querySelector('#accepts').open = true;
      });
      const wide = await tab.page.evaluate(() => {
        const right = document.body.getBoundingClientRect().right;
        return Array.from(document.querySelectorAll('body *'))
          .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > right + 1)
          .map(({ outerHTML }) => outerHTML);
      });
      assert.deepEqual(wide, [], provider);
    }
  });

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
