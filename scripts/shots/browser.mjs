// The browser that takes screenshots.

import puppeteer from 'puppeteer-core';
import { openTab } from '../../tests/e2e/browser.mjs';

/** A headless browser has no mouse. These settings emulate one, so that the element shows the text about dropping files. */
const MOUSE = 'primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4';

/** Starts Chromium for as long as `life` lasts. */
export async function launch(life) {
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROME,
    defaultViewport: null, // see openOn()
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-proxy-server',
      `--blink-settings=${MOUSE}`,
    ],
  });
  life.after(() => browser.close());
  return browser;
}

/**
 * Opens a URL in a tab of a fresh profile, for as long as `life` lasts, on a device of this size with a mouse or a touchscreen.
 * `resize` changes the height. Not by `setViewport()`, which also turns off the emulation of a touchscreen: since 156, Chromium
 * then forgets the emulated mouse.
 */
export async function openOn(life, browser, url, { width, height, scale = 1, isTouch = false }) {
  const tab = await openTab(life, await browser.createBrowserContext(), 'about:blank');
  const session = await tab.page.createCDPSession();
  const resize = (height) =>
    session.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: scale, mobile: false });
  await resize(height);
  if (isTouch) await session.send('Emulation.setTouchEmulationEnabled', { enabled: true });
  await tab.page.goto(url);
  const hasMouse = await tab.page.evaluate(() => matchMedia('(hover: hover) and (pointer: fine)').matches);
  if (hasMouse === isTouch) throw new Error(`Chromium emulates ${hasMouse ? 'a' : 'no'} mouse`);
  return { tab, session, resize };
}

/** Runs `task` with a lifetime, and runs the jobs of the lifetime afterwards. */
export async function during(task) {
  const jobs = [];
  try {
    await task({ after: (job) => jobs.push(job) });
  } finally {
    while (jobs.length) await jobs.pop()();
  }
}
