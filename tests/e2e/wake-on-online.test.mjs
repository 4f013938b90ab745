// A wait ends early where there is reason to: the page is looked at again, or the line is back.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BLANK, openTab } from './browser.mjs';
import { REAL } from './fixtures.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const [PHOTO] = REAL;

suite('a wait', () => {
  setUp({ args: ['--processing-millis', '600000'] });

  for (const worker of [undefined, false]) {
    test(`for the provider ends when the page becomes visible, ${worker === false ? 'without' : 'with'} a worker`, async (t) => {
      const tab = await openTab(t, browser, gateway.url + BLANK);
      await tab.page.evaluate(lookAgain, await tab.holding([PHOTO]), { worker });
      // By itself, the first of them would come after a second.
      const polls = (await gateway.settled()).match(/gateway: method=GET path=\/providers\/onerouter\/v1\/status\//g);
      assert.ok(polls?.length >= 5, `${polls?.length} polls`);
    });
  }

  for (const where of ['in the worker', 'on the main thread']) {
    test(`for a connection ends when the browser comes online, ${where}`, async (t) => {
      const tab = await openTab(t, browser, gateway.url + BLANK);
      await gateway.fault({ at: 'storage', method: 'PUT', fault: { cut_after_bytes: 5_000 } });
      const { retries, sha256, millis } = await tab.page.evaluate(losesLine, await tab.holding([PHOTO]), where);
      assert.equal(sha256, PHOTO.sum);
      assert.deepEqual(
        retries.map(({ error }) => error),
        ['offline'],
      );
      assert.ok(millis < retries[0].delayMillis, `${millis} ms of ${retries[0].delayMillis}`);
    });
  }
});

/** Runs in the page: while an asset is processed, the page comes into view fifteen times. */
async function lookAgain(input, options) {
  const { init, upload } = await import('/mediaferry/index.js');
  await init(options);
  const task = upload(input.files[0], { provider: 'onerouter', model: 'a/model' });
  for await (const event of task) if (event.type === 'stage' && event.stage === 'process') break;
  for (let times = 0; times < 15; times++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    document.dispatchEvent(new Event('visibilitychange'));
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  task.abort();
  await task.catch(() => {});
}

/** Runs in the page: offline, then online. `navigator` reports offline throughout: only the event can end the wait. */
async function losesLine(input, where) {
  const { init, upload } = await import('/mediaferry/index.js');
  const offline = () => Object.defineProperty(Object.getPrototypeOf(navigator), 'onLine', { value: false });
  if (where === 'in the worker') {
    const script = await (await fetch('/mediaferry/worker.js')).text();
    await init({ worker: URL.createObjectURL(new Blob([`(${offline})();`, script], { type: 'text/javascript' })) });
  } else {
    offline();
    await init({ worker: false });
  }
  const retries = [];
  let start;
  const onRetry = (retry) => {
    retries.push(retry);
    start = performance.now();
    setTimeout(() => dispatchEvent(new Event('online')), 50);
  };
  const { sha256 } = await upload(input.files[0], { provider: 'modelhunter', onRetry });
  return { retries, sha256, millis: performance.now() - start };
}
