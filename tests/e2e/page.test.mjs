// What a person can do on the page while files travel: cancel, try again, go on after a failure.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { openTab } from './browser.mjs';
import { file, mp4, REAL } from './fixtures.mjs';
import { choose, drop, ended, press, until, waitForItem } from './page.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const [PHOTO, PNG] = REAL;
const handsOver = !['firefox', 'webkit'].includes(process.env.BROWSER);

suite('on the page', () => {
  const video = file('video.mp4', mp4(10, 40_000_000));
  setUp();

  /** A page that is sending the video, slowly. */
  async function sending(t) {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'modelhunter');
    await gateway.fault({ at: 'storage', method: 'PUT', fault: { delay_millis: 1_500 } });
    await drop(tab, [video]);
    await until(
      tab,
      ({ uploader }) => uploader.tasks[0]?.stage,
      (stage) => stage === 'transfer',
    );
    return tab;
  }

  test('cancel stops the transfer, and a retry completes it', async (t) => {
    const tab = await sending(t);
    await press(tab, video.name, '[part~="cancel"]');
    const cancelled = await ended(tab, video.name);
    assert.deepEqual([cancelled.state, cancelled.ref], ['aborted', null]);
    assert.ok(tab.sent('PUT').every(({ aborted }) => aborted));
    assert.ok(!(await gateway.sent()).some((line) => line.includes('complete')));

    await press(tab, video.name, '[part~="retry"]');
    const done = await ended(tab, video.name, { states: ['succeeded'] });
    assert.equal(done.sha256, video.sum);
  });

  test('a paused transfer stops, and completes after a resume', async (t) => {
    const tab = await sending(t);
    await press(tab, video.name, '[part~="pause"]');
    await waitForItem(tab, '[part="item paused"]');
    assert.ok(tab.sent('PUT').every(({ aborted }) => aborted));

    await press(tab, video.name, '[part~="pause"]');
    const done = await ended(tab, video.name, { states: ['succeeded'] });
    assert.equal(done.sha256, video.sum);
    assert.equal(
      (await gateway.sent()).filter((line) => line.includes('upload-url')).length,
      1,
      'one ticket was enough',
    );
  });

  test('an upload whose outcome is unknown is reported as such, and can be retried', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'relaydance');
    await gateway.fault({ at: 'relaydance', method: 'POST', fault: { status: 503 } });
    await drop(tab, [PHOTO]);
    const failed = await ended(tab, PHOTO.name);
    assert.deepEqual([failed.state, failed.code, failed.ref], ['failed', 'unavailable', null]);
    assert.match(failed.words, /503/);
    assert.match(failed.words, /may have succeeded, so it was not repeated\..*second asset\./s);
    await press(tab, PHOTO.name, '[part~="retry"]');
    const done = await ended(tab, PHOTO.name, { states: ['succeeded'] });
    assert.deepEqual([done.code, done.sha256], ['', PHOTO.sum]);
  });

  test('a dropped folder is uploaded with all files below it', {
    skip: !handsOver && 'only Chromium drops one for a test',
  }, async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'relaydance');
    const folder = join(tab.folder, 'photos');
    mkdirSync(join(folder, 'of', 'cats'), { recursive: true });
    // More than a browser lists at a time.
    for (let number = 1; number <= 101; number++) writeFileSync(join(folder, `${number}.jpg`), PHOTO.bytes);
    writeFileSync(join(folder, 'of', 'cats', PHOTO.name), PHOTO.bytes);
    const hand = await tab.page.createCDPSession();
    const data = { items: [], files: [folder], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'])
      await hand.send('Input.dispatchDragEvent', { type, x: 9, y: 9, data });
    await until(
      tab,
      ({ uploader }) => uploader.progress.succeeded,
      (count) => count === 102,
    );
    assert.equal(await tab.page.$eval('#alert', (alert) => alert.hidden), true);
  });

  test('while an upload waits to retry, the reason is shown', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'modelhunter');
    await gateway.fault({ at: 'storage', method: 'PUT', times: 9, fault: { status: 503, retry_after: '20' } });
    await drop(tab, [PHOTO]);
    await until(
      tab,
      ({ shadowRoot }) => shadowRoot.querySelector('[part="status"]')?.textContent ?? '',
      (words) => /^The server is temporarily unavailable\. Retrying in \d+\u00a0sec\.$/.test(words),
    );
    await press(tab, PHOTO.name, '[part~="cancel"]');
    assert.equal((await ended(tab, PHOTO.name)).state, 'aborted');
  });

  test('another provider can be chosen for the next file', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'modelhunter');
    await drop(tab, [PHOTO]);
    await choose(tab, 'relaydance');
    await drop(tab, [PNG]);
    const cards = await Promise.all([PHOTO, PNG].map(({ name }) => ended(tab, name)));
    assert.ok(cards[0].ref.includes('/modelhunter/') && cards[1].ref.includes('/relaydance/'));
    assert.deepEqual(tab.errors, []);
  });
});
