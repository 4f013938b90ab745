// The browser that takes pictures.

import puppeteer from 'puppeteer-core';

/** A browser without a screen has no mouse: these are a mouse, so that the element invites to drop files. */
const MOUSE = 'primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4';

/** Starts Chromium for as long as `life` lasts. */
export async function launch(life) {
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROME,
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

/** Runs `task` with a lifetime that ends with it. */
export async function during(task) {
  const jobs = [];
  try {
    await task({ after: (job) => jobs.push(job) });
  } finally {
    while (jobs.length) await jobs.pop()();
  }
}
