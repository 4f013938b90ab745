// A tab reports every error of its page, in each browser. The other tests rely on it.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BLANK, openTab } from './browser.mjs';
import { browser, gateway, setUp } from './setup.mjs';

suite('a tab', () => {
  setUp();

  test('reports exceptions, console errors and violations of the policy, but no HTTP errors', async (t) => {
    const tab = await openTab(t, browser, gateway.url + BLANK);
    await tab.page.evaluate(async () => {
      await fetch('/nowhere');
      setTimeout(() => {
        throw new Error('thrown');
      });
      Promise.reject(new Error('rejected'));
      console.error('complained');
      await fetch('https://cdn.test/').catch(() => {});
    });
    const wanted = [/thrown/, /rejected/, /^complained$/, /content.security.policy/i];
    const missing = () => wanted.filter((words) => !tab.errors.some((text) => words.test(text)));
    // WebKit reports errors only with the next command.
    for (const end = Date.now() + 3_000; missing().length && Date.now() < end; await sleep(10)) {
      await tab.page.evaluate(() => {});
    }
    assert.deepEqual(missing(), [], tab.errors.join('\n'));
    assert.ok(!tab.errors.some((text) => /nowhere|404/.test(text)));
  });
});
