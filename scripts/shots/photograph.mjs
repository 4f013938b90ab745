// Takes screenshots of a page on a computer and on a phone, in light, dark, right-to-left and forced colours.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { say } from '../lib/say.mjs';
import { openOn } from './browser.mjs';

const HEIGHT = 800;
const DEVICES = [
  { width: 1280, height: HEIGHT },
  { width: 390, height: HEIGHT, isTouch: true },
];
const LOOKS = {
  light: { 'prefers-color-scheme': 'light' },
  dark: { 'prefers-color-scheme': 'dark' },
  rtl: { 'prefers-color-scheme': 'light', dir: 'rtl' },
  forced: { 'prefers-color-scheme': 'dark', 'forced-colors': 'active' },
};
const folder = join(root, 'shots');

/** Opens the URL on each device, reaches a state there, and takes its screenshots; their file names start with `name`. */
export async function photograph(life, browser, url, name, reach) {
  mkdirSync(folder, { recursive: true });
  for (const device of DEVICES) {
    const opened = await openOn(life, browser, url, device);
    await reach(opened.tab);
    await takeLooks(opened, `${name}-${device.width}`);
    await opened.tab.page.close();
  }
  say(`took ${name}`);
}

async function takeLooks({ tab: { page }, session, resize }, name) {
  // Otherwise the browser does not draw items outside the window.
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('media-ferry::part(item) { content-visibility: visible }');
    document.adoptedStyleSheets.push(sheet);
  });
  for (const [look, { dir = 'ltr', ...features }] of Object.entries(LOOKS)) {
    const media = Object.entries(features).map(([name, value]) => ({ name, value }));
    await session.send('Emulation.setEmulatedMedia', { features: media });
    const height = await page.evaluate((dir) => {
      // Uppy copies the direction of the page when it starts.
      for (const element of document.querySelectorAll('html, .uppy-Root')) element.dir = dir;
      return document.documentElement.scrollHeight;
    }, dir);
    // As tall as the page, because with captureBeyondViewport, Chromium shifts right-to-left pages.
    await resize(height);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await page.screenshot({ path: join(folder, `${name}-${look}.png`), captureBeyondViewport: false });
    await resize(HEIGHT);
  }
}
