// The hooks in a page of React's, bundled as an application is, under StrictMode.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { openTab } from './browser.mjs';
import { facade } from './facade.mjs';
import { file, mp4, REAL } from './fixtures.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const [PHOTO, PNG] = REAL;
const source = (name) => fileURLToPath(new URL(`react/${name}`, import.meta.url));
const www = mkdtempSync(join(tmpdir(), 'mediaferry-react-'));

suite('in React', () => {
  after(() => rmSync(www, { recursive: true, force: true }));
  setUp({ www });

  async function open(t) {
    await bundled;
    const tab = await openTab(t, browser, `${gateway.url}/page.html`);
    await tab.page.waitForSelector('#queue');
    return tab;
  }
  const pick = async (tab, part, files) => (await tab.page.$(`${part} input`)).uploadFile(...tab.save(files));
  const press = (tab, id) => tab.page.$eval(`#${id}`, (button) => button.click());
  const recorded = (tab) =>
    tab.page.evaluate(() => JSON.parse(JSON.stringify({ ...globalThis.recorded, uploader: undefined })));
  const row = ({ name }, status) => `#queue [data-name="${name}"][data-status="${status}"]`;
  const data = (tab, selector) => tab.page.$eval(selector, ({ dataset }) => ({ ...dataset }));

  test('picked files are uploaded and shown, and listeners are called', async (t) => {
    const tab = await open(t);
    await pick(tab, '#queue', [PHOTO, PNG]);
    await tab.page.waitForSelector(row(PHOTO, 'succeeded'));
    await tab.page.waitForSelector(row(PNG, 'succeeded'));
    const { ref } = await data(tab, row(PNG, 'succeeded'));
    assert.ok(ref.includes('/modelhunter/'));
    assert.equal(await tab.page.$eval('#total', (total) => total.textContent), '2 of 2');
    const { events } = await recorded(tab);
    assert.deepEqual(events, ['modelhunter has true', 'modelhunter has true', '2 and 0']);
    assert.deepEqual(tab.errors, []);
  });

  test('an unchanged upload is not rendered again', async (t) => {
    const tab = await open(t);
    await pick(tab, '#queue', [PHOTO]);
    await tab.page.waitForSelector(row(PHOTO, 'succeeded'));
    const before = (await recorded(tab)).renderings[PHOTO.name];
    await pick(tab, '#queue', [file('video.mp4', mp4(10, 20_000_000))]);
    await tab.page.waitForSelector(row({ name: 'video.mp4' }, 'succeeded'));
    const { renderings } = await recorded(tab);
    assert.equal(renderings[PHOTO.name], before);
    assert.ok(renderings['video.mp4'] > 2);
  });

  test('another provider applies to files that are added later, in the same queue', async (t) => {
    const video = file('video.mp4', mp4(10, 2_000_000));
    const tab = await open(t);
    await gateway.fault({ at: 'storage', method: 'PUT', fault: { delay_millis: 800 } });
    await pick(tab, '#queue', [video]);
    await tab.page.waitForSelector(`${row(video, 'uploading')}[data-stage="transfer"]`);
    const queue = await tab.page.evaluateHandle(() => globalThis.recorded.uploader);
    await tab.page.select('#provider', 'relaydance');
    await pick(tab, '#queue', [PHOTO]);
    await tab.page.waitForSelector(row(PHOTO, 'succeeded'));
    await tab.page.waitForSelector(row(video, 'succeeded'));
    assert.ok((await data(tab, row(video, 'succeeded'))).ref.includes('/modelhunter/'));
    assert.ok((await data(tab, row(PHOTO, 'succeeded'))).ref.includes('/relaydance/'));
    assert.ok(await queue.evaluate((queue) => queue === globalThis.recorded.uploader));
    // The last stage is reported to the callback of the last rendering, which has the second provider.
    assert.ok((await recorded(tab)).stages.includes('relaydance submit'));
    assert.deepEqual(tab.errors, []);
  });

  test('all uploads can be paused, resumed, cancelled and retried, and one removed', async (t) => {
    const tab = await open(t);
    await gateway.fault({ at: 'storage', method: 'PUT', times: 9, fault: { delay_millis: 700 } });
    await pick(tab, '#queue', [PHOTO, PNG]);
    await tab.page.waitForSelector(`${row(PHOTO, 'uploading')}[data-stage="transfer"]`);
    await press(tab, 'pauseAll');
    await tab.page.waitForSelector(row(PHOTO, 'paused'));
    await press(tab, 'resumeAll');
    await tab.page.waitForSelector(row(PHOTO, 'uploading'));
    await press(tab, 'cancelAll');
    await tab.page.waitForSelector(row(PNG, 'aborted'));
    await tab.page.$eval(row(PNG, 'aborted'), (shown) => shown.querySelector('button').click());
    await tab.page.waitForSelector(`#queue [data-name="${PNG.name}"]`, { hidden: true });
    await press(tab, 'retryAll');
    await tab.page.waitForSelector(row(PHOTO, 'succeeded'));
    assert.equal(await tab.page.$(`#queue [data-name="${PNG.name}"]`), null);
  });

  test('uploads are aborted when the component unmounts', async (t) => {
    const tab = await open(t);
    await gateway.fault({ at: 'storage', method: 'PUT', fault: { delay_millis: 2_000 } });
    await pick(tab, '#queue', [PHOTO]);
    await tab.page.waitForSelector(`${row(PHOTO, 'uploading')}[data-stage="transfer"]`);
    await press(tab, 'close');
    await tab.settled();
    assert.ok(tab.sent('PUT').every(({ aborted }) => aborted));
    assert.ok(!(await gateway.sent()).some((line) => line.includes('complete')));
    assert.deepEqual((await recorded(tab)).events, [], 'an unmounted component receives no events');
  });

  test('useUpload can abort, retry, replace and reset an upload', async (t) => {
    const tab = await open(t);
    const is = (status) => tab.page.waitForSelector(`#single[data-status="${status}"]`);
    await is('idle');
    await gateway.fault({ at: 'storage', method: 'PUT', times: 9, fault: { delay_millis: 700 } });
    await pick(tab, '#single', [PHOTO]);
    await is('uploading');
    await press(tab, 'pause');
    await is('paused');
    await press(tab, 'resume');
    await is('uploading');
    await press(tab, 'abort');
    await is('aborted');
    await press(tab, 'retry');
    await is('succeeded');
    assert.deepEqual(await data(tab, '#single'), { status: 'succeeded', fraction: '1', sum: PHOTO.sum });
    await pick(tab, '#single', [PNG]);
    await tab.page.waitForSelector(`#single[data-sum="${PNG.sum}"]`);
    await press(tab, 'reset');
    await is('idle');
    assert.deepEqual(tab.errors, []);
  });
});

const bundled = build({
  entryPoints: [source('page.jsx')],
  outfile: join(www, 'page.js'),
  bundle: true,
  format: 'esm',
  jsx: 'automatic',
  plugins: [facade],
  // React's development build checks the rules of hooks.
  define: { 'process.env.NODE_ENV': '"development"' },
}).then(() => copyFileSync(source('page.html'), join(www, 'page.html')));
