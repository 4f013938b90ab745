// What a person can do on the page while files travel: cancel, try again, go on after a failure.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openTab } from './browser.mjs';
import { file, mp4, REAL } from './fixtures.mjs';
import { choose, drop, ended } from './page.mjs';
import { browser, gateway, scene } from './scene.mjs';

const [PHOTO, PNG] = REAL;

suite('on the page', () => {
  scene();

  const press = (tab, button) => tab.page.$eval(`#uploads .${button}`, (element) => element.click());

  test('cancel stops the transfer, and trying again brings it to its end', async (t) => {
    const film = file('film.mp4', mp4(10, 40_000_000));
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'modelhunter');
    await gateway.fault({ at: 'storage', method: 'PUT', fault: { delay_millis: 1_500 } });
    await drop(tab, [film]);
    await tab.page.waitForSelector('#uploads .upload[data-stage="transfer"]');
    await press(tab, 'cancel');
    const cancelled = await ended(tab, film.name);
    assert.deepEqual([cancelled.state, cancelled.ref], ['cancelled', null]);
    assert.ok(tab.sent('PUT').every(({ aborted }) => aborted));
    assert.ok(!(await gateway.sent()).some((line) => line.includes('complete')));

    await press(tab, 'retry');
    const done = await ended(tab, film.name, { states: ['done'] });
    assert.equal(done.sha256, film.sum);
  });

  test('what failed for good can be tried again', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'relaydance');
    await gateway.fault({ at: 'relaydance', method: 'POST', fault: { status: 503 } });
    await drop(tab, [PHOTO]);
    const failed = await ended(tab, PHOTO.name);
    assert.deepEqual([failed.state, failed.code, failed.ref], ['failed', 'unavailable', null]);
    assert.match(failed.words, /503/);
    await press(tab, 'retry');
    const done = await ended(tab, PHOTO.name, { states: ['done'] });
    assert.deepEqual([done.code, done.sha256], ['', PHOTO.sum]);
  });

  test('a second provider can be chosen for the next file', async (t) => {
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
