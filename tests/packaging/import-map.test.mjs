// examples/import-map as it stands, with three origins: the page, the package and the gateway.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { openTab, startBrowser } from '../e2e/browser.mjs';
import { REAL } from '../e2e/fixtures.mjs';
import { startGateway } from '../e2e/gateway.mjs';
import { lifetime } from '../e2e/lifetime.mjs';
import { startSite } from '../e2e/site.mjs';
import { install } from './install.mjs';
import { pack, root, temporaryFolder } from './tools.mjs';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const CDN = 'https://cdn.jsdelivr.net';
const GATEWAY = 'https://gateway.example';

suite('the import map of the example', () => {
  const life = lifetime({ after });
  const example = readFileSync(join(root, 'examples', 'import-map', 'index.html'), 'utf8');
  const place = `/npm/mediaferry@${version}/`;
  let browser;
  let cdn;

  before(async () => {
    const { tarball } = await pack(temporaryFolder(life));
    const folder = await install(temporaryFolder(life), tarball);
    const folders = { [place]: join(folder, 'node_modules', 'mediaferry') };
    ({ url: cdn } = await startSite(life, { folders, headers: { 'access-control-allow-origin': '*' } }));
    browser = await startBrowser(life);
  });

  test('names files of this version', () => {
    const urls = Object.values(JSON.parse(/<script type="importmap">([\s\S]*?)<\/script>/.exec(example)[1]).imports);
    assert.ok(urls.length > 0);
    for (const url of urls) assert.ok(url.startsWith(`${CDN}${place}dist/`), url);
  });

  test('loads the package from another origin and uploads through a gateway on a third', async (t) => {
    const inTest = lifetime(t);
    const overrides = { '/': { type: 'text/html', body: '' } };
    const { url } = await startSite(inTest, { folders: {}, overrides });
    const gateway = await startGateway(inTest, { args: ['--allow-origin', url] });
    overrides['/'].body = example.replaceAll(CDN, cdn).replaceAll(GATEWAY, gateway.url);
    const tab = await openTab(inTest, browser, `${url}/`);
    await tab.page.waitForSelector('media-ferry:defined');
    const input = await tab.page.evaluateHandle(() =>
      document.querySelector('media-ferry').shadowRoot.querySelector('input'),
    );
    await input.uploadFile(...tab.save([REAL[0]]));
    await tab.page.evaluate(async () => {
      while (!document.querySelector('p').textContent) await new Promise((resolve) => setTimeout(resolve, 20));
    });
    const shown = await tab.page.$$eval('output, p', (all) => all.map(({ textContent }) => textContent));
    assert.match(shown[0], /\/sandbox\/modelhunter\/cdn\//);
    assert.ok(shown[1].includes('relaydance'), shown[1]);
    await tab.settled();
    // Firefox reports the worker that it does not start, whatever the page does about it.
    const isRefusal = (text) => /may not load data from \S+\/worker\.js/.test(text);
    assert.deepEqual(
      tab.errors.filter((text) => !isRefusal(text)),
      [],
    );
    const loaded = tab.sent('GET').filter(({ url }) => url.startsWith(cdn));
    assert.ok(
      loaded.some(({ url }) => url.endsWith('/dist/core.wasm')),
      'the core is the file on the other origin',
    );
    assert.ok(!loaded.some(({ url }) => /inline-core|\.map$/.test(url)), 'neither its copy nor a source map is loaded');
    const [worker] = await tab.workers();
    assert.match(worker, /^blob:/, 'a browser starts no worker of another origin');
  });
});
