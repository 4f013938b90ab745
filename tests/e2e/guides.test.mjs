// The guides' own code, as it stands there.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { build } from 'esbuild';
import { openTab } from './browser.mjs';
import { facade } from './facade.mjs';
import { REAL } from './fixtures.mjs';
import { browser, gateway, scene } from './scene.mjs';

const [PHOTO, PNG, WEBP] = REAL;
const www = mkdtempSync(join(tmpdir(), 'mediaferry-guides-'));

/** The blocks of code of one language in a guide. */
function blocks(guide, language) {
  const text = readFileSync(new URL(`../../docs/guides/${guide}.md`, import.meta.url), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code);
}

/** A page with a bundle of this code. */
async function page(name, code, html = '<div id="root"></div>') {
  const stdin = { contents: code, loader: 'jsx', resolveDir: import.meta.dirname };
  const outfile = join(www, `${name}.js`);
  await build({ stdin, outfile, bundle: true, format: 'esm', jsx: 'automatic', plugins: [facade], logLevel: 'error' });
  const head = '<meta charset="utf-8"><title>A guide</title><link rel="icon" href="data:,">';
  writeFileSync(
    join(www, `${name}.html`),
    `<!doctype html><html lang="en">${head}${html}<script type="module" src="${name}.js"></script></html>`,
  );
}

suite('the guides', () => {
  after(() => rmSync(www, { recursive: true, force: true }));
  scene({ www });

  test('to the element', async (t) => {
    const [html] = blocks('element', 'html');
    const [script, code] = /<script type="module">(.*?)<\/script>/s.exec(html);
    await page('element', code, html.replace(script, ''));
    const tab = await openTab(t, browser, `${gateway.url}/element.html`);
    const logged = new Promise((resolve) => tab.page.on('console', (message) => resolve(message.text())));
    await (await tab.page.waitForSelector('media-ferry >>> input')).uploadFile(...tab.save([PHOTO]));
    assert.match(await logged, /\/relaydance\//);
    const [[name, ref]] = await tab.page.$eval('form', (form) => [...new FormData(form)]);
    assert.deepEqual([name, ref], ['image', await logged]);
    assert.deepEqual(tab.errors, []);
  });

  test('to React', async (t) => {
    const [queue, single] = blocks('react', 'jsx');
    const imports = /^import .*$/gm;
    const code = [queue, single].map((block) => block.replace(imports, '')).join('\n');
    await page(
      'react',
      `import { useUpload, useUploader } from 'mediaferry/react';
       import { createRoot } from 'react-dom/client';
       ${code}
       createRoot(document.querySelector('#root')).render(<><Uploads /><main><Picture /></main></>);`,
    );
    const tab = await openTab(t, browser, `${gateway.url}/react.html`);
    await (await tab.page.waitForSelector('section input')).uploadFile(...tab.save([PHOTO, PNG]));
    await (await tab.page.waitForSelector('main input')).uploadFile(...tab.save([WEBP]));
    await tab.page.waitForSelector('main ::-p-text(/relaydance/)');
    for (const { name } of [PHOTO, PNG]) await tab.page.waitForSelector(`li ::-p-text(${name})`);
    for (const at of [1, 2]) await tab.page.waitForSelector(`li:nth-child(${at}) ::-p-text(/modelhunter/)`);
    assert.deepEqual(tab.errors, []);
  });
});
