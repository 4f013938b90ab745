// The browser that takes screenshots.

import puppeteer from 'puppeteer-core';

/** A headless browser has no mouse. These settings emulate one, so that the element shows the text about dropping files. */
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

/** Runs `task` with a lifetime, and runs the jobs of the lifetime afterwards. */
export async function during(task) {
  const jobs = [];
  try {
    await task({ after: (job) => jobs.push(job) });
  } finally {
    while (jobs.length) await jobs.pop()();
  }
}
