// Takes a picture of each state at two widths, in light, dark, right-to-left and forced colours.
// Arguments are regular expressions: only states whose names match one are taken.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTab } from '../../tests/e2e/browser.mjs';
import { startGateway } from '../../tests/e2e/gateway.mjs';
import { root } from '../lib/paths.mjs';
import { say } from '../lib/say.mjs';
import { during, launch } from './browser.mjs';
import { STATES } from './states.mjs';

const WIDTHS = [1280, 390];
const LOOKS = {
  light: { 'prefers-color-scheme': 'light' },
  dark: { 'prefers-color-scheme': 'dark' },
  rtl: { 'prefers-color-scheme': 'light', dir: 'rtl' },
  forced: { 'prefers-color-scheme': 'dark', 'forced-colors': 'active' },
};
const folder = join(root, 'shots');
const wanted = process.argv.slice(2).map((pattern) => new RegExp(pattern));

await during(async (life) => {
  mkdirSync(folder, { recursive: true });
  const browser = await launch(life);
  const pages = {
    element: fileURLToPath(new URL('../../tests/e2e/element', import.meta.url)),
    demo: join(root, 'www'),
  };
  for (const [page, www] of Object.entries(pages)) {
    const states = Object.entries(STATES[page]).filter(([name]) => isWanted(`${page}-${name}`));
    if (states.length === 0) continue;
    const gateway = await startGateway(life, { www });
    for (const [name, reach] of states) {
      const tab = await openTab(life, browser, gateway.url);
      await gateway.reset();
      await reach(tab, gateway);
      await photograph(tab.page, `${page}-${name}`);
      await tab.page.close();
    }
  }
});

function isWanted(name) {
  return wanted.length === 0 || wanted.some((pattern) => pattern.test(name));
}

async function photograph(page, name) {
  // What is not in the window is not drawn otherwise.
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('media-ferry::part(item) { content-visibility: visible }');
    document.adoptedStyleSheets.push(sheet);
  });
  const session = await page.createCDPSession();
  for (const width of WIDTHS) {
    await page.setViewport({ width, height: 800, deviceScaleFactor: 1 });
    for (const [look, { dir = 'ltr', ...features }] of Object.entries(LOOKS)) {
      const media = Object.entries(features).map(([name, value]) => ({ name, value }));
      await session.send('Emulation.setEmulatedMedia', { features: media });
      await page.evaluate((dir) => {
        document.documentElement.dir = dir;
      }, dir);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await page.screenshot({ path: join(folder, `${name}-${width}-${look}.png`), fullPage: true });
    }
  }
  say(`took ${name}`);
}
