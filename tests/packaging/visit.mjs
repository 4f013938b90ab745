// Opens a consumer's page in the browser, waits for the end of its upload, and sees what that took of the package.

import { setTimeout as sleep } from 'node:timers/promises';

const MAGIC = '0061736d';

/**
 * Gives the page's result, which way its wasm and its worker came (`'file'`, `'copy'` or `'none'`), the source maps that it has
 * loaded, the files that it missed, and those that it was told to fetch in advance.
 */
export async function visit(life, browser, url) {
  const page = await browser.newPage();
  life.after(() => page.close());
  const output = [];
  page.on('console', (message) => output.push(message.text())).on('pageerror', (error) => output.push(error.message));
  const modules = [];
  const maps = [];
  const missing = [];
  page.on('response', (response) => {
    if (/\.map$/.test(response.url())) maps.push(response.url());
    if (response.status() === 404 && !/favicon/.test(response.url())) missing.push(response.url());
    if (/\.wasm$/.test(response.url())) modules.push(response.buffer().catch(() => Buffer.alloc(0)));
  });
  await page.goto(url);
  const result = await ended(page, output);
  const bodies = await Promise.all(modules);
  const prefetched = await page.$$eval('link[href]', (links) => links.map(({ href }) => href));
  return {
    ...result,
    output,
    maps,
    missing,
    prefetched,
    wasm: bodies.some((body) => body.subarray(0, 4).toString('hex') === MAGIC) ? 'file' : 'copy',
    worker: workerOf(page),
  };
}

function workerOf(page) {
  const [worker] = page.workers();
  if (!worker) return 'none';
  return worker.url().startsWith('blob:') ? 'copy' : 'file';
}

async function ended(page, output) {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(50)) {
    // A development server may load the page again at any time.
    const text = await page.evaluate(() => document.documentElement.dataset.result).catch(() => undefined);
    if (text) return JSON.parse(text);
  }
  throw new Error(`no result: ${output.join('\n')}\n${await page.content()}`);
}
