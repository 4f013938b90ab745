// Takes screenshots of a page at two widths, in light, dark, right-to-left and forced colours.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { say } from '../lib/say.mjs';

const WIDTHS = [1280, 390];
const LOOKS = {
  light: { 'prefers-color-scheme': 'light' },
  dark: { 'prefers-color-scheme': 'dark' },
  rtl: { 'prefers-color-scheme': 'light', dir: 'rtl' },
  forced: { 'prefers-color-scheme': 'dark', 'forced-colors': 'active' },
};
const folder = join(root, 'shots');

/** Takes the screenshots of a page in these looks; their file names start with `name`. */
export async function photograph(page, name, looks = Object.keys(LOOKS)) {
  mkdirSync(folder, { recursive: true });
  // Otherwise the browser does not draw items outside the window.
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('media-ferry::part(item) { content-visibility: visible }');
    document.adoptedStyleSheets.push(sheet);
  });
  const session = await page.createCDPSession();
  for (const width of WIDTHS) {
    await page.setViewport({ width, height: 800, deviceScaleFactor: 1 });
    for (const look of looks) {
      const { dir = 'ltr', ...features } = LOOKS[look];
      const media = Object.entries(features).map(([name, value]) => ({ name, value }));
      await session.send('Emulation.setEmulatedMedia', { features: media });
      await page.evaluate((dir) => {
        document.documentElement.dir = dir;
      }, dir);
      await new Promise((resolve) => setTimeout(resolve, 200));
      // With captureBeyondViewport, Chromium shifts right-to-left pages.
      const options = { fullPage: true, captureBeyondViewport: false };
      await page.screenshot({ path: join(folder, `${name}-${width}-${look}.png`), ...options });
    }
  }
  say(`took ${name}`);
}
