// `npm create mediaferry`: the app that it writes is installed, checked, built and used.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { openTab, startBrowser } from '../e2e/browser.mjs';
import { REAL } from '../e2e/fixtures.mjs';
import { startGateway } from '../e2e/gateway.mjs';
import { lifetime } from '../e2e/lifetime.mjs';
import { pack, root, run, serve, temporaryFolder } from './tools.mjs';

suite('npm create mediaferry', () => {
  const life = lifetime({ after });
  let folder;
  let starter;
  let mediaferry;

  before(async () => {
    folder = temporaryFolder(life);
    ({ tarball: mediaferry } = await pack(folder));
    starter = await pack(folder, join(root, 'create-mediaferry'));
  });

  const create = (...args) =>
    run(
      ['npm', 'exec', '--yes', '--offline', '--package', starter.tarball, '--', 'create-mediaferry', ...args],
      folder,
    );

  test('its package has the template', () => {
    const names = ['gitignore', '.env', 'index.html', 'package.json', 'src/main.ts', 'tsconfig.json', 'vite.config.ts'];
    for (const name of names) assert.ok(starter.files.includes(`template/${name}`), name);
    for (const name of ['index.js', 'README.md', 'LICENSE-MIT']) assert.ok(starter.files.includes(name), name);
  });

  test('it creates an app that type-checks, builds and uploads', async (t) => {
    const printed = await create('My App', '--mediaferry', mediaferry);
    assert.match(printed, /npm install/);
    const app = join(folder, 'My App');
    const manifest = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'));
    assert.equal(manifest.name, 'my-app');
    assert.ok(existsSync(join(app, '.gitignore')));
    await run(
      ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'],
      app,
    );
    await run(['npm', 'run', 'build'], app);
    assert.ok(existsSync(join(app, 'dist', 'index.html')));

    const inTest = lifetime(t);
    const gateway = await startGateway(inTest);
    writeFileSync(join(app, '.env.local'), `GATEWAY_URL=${gateway.url}\n`);
    const vite = [join(app, 'node_modules', '.bin', 'vite'), '--host', '127.0.0.1', '--port', 'PORT', '--strictPort'];
    const { url } = await serve(inTest, vite, app);
    const tab = await openTab(inTest, await startBrowser(inTest), url);
    await tab.page.waitForSelector('media-ferry:defined');
    await tab.page.type('#prompt', 'A cat on a stone');
    const input = await tab.page.evaluateHandle(() =>
      document.querySelector('media-ferry').shadowRoot.querySelector('input'),
    );
    await input.uploadFile(...tab.save([REAL[0]]));
    await tab.page.waitForFunction(() => document.querySelector('form').checkValidity());
    await tab.page.click('form > button');
    const { prompt, references } = JSON.parse(await tab.page.$eval('output', ({ textContent }) => textContent));
    assert.equal(prompt, 'A cat on a stone');
    assert.match(references[0], /\/sandbox\/relaydance\//);
    assert.deepEqual(tab.errors, []);
  });

  test('it leaves a folder with files alone, and says what is wrong', async () => {
    mkdirSync(join(folder, 'full'));
    writeFileSync(join(folder, 'full', 'notes.txt'), 'mine');
    await assert.rejects(create('full'), /full is not empty/);
    assert.ok(!existsSync(join(folder, 'full', 'package.json')));
    await assert.rejects(create(), /name the folder/);
    await assert.rejects(create('a', 'b'), /one folder, not 2/);
    await assert.rejects(create('a', '--provider', 'x'), /--provider/);
  });
});
