// Opens a consumer's page in the browser, waits for the end of its uploads, and sees what that took of the package.

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAGIC = '0061736d';
/** The modules and the workers that a page needs: for each core, and for the formats. */
const MODULES = 3;
const WORKERS = 2;
const WAIT_MILLIS = 120_000;
const UPLOAD_MILLIS = 20_000;

/**
 * Gives the page's result and, if the page has the element, the reference that it shows for `photo`, which is picked there;
 * which way its wasm and its worker came (`'file'`, `'copy'` or `'none'`), the source maps that it has loaded, the errors
 * and warnings in its console, the requests that failed, and those that it was told to make in advance.
 */
export async function visit(life, browser, url, photo) {
  const page = await browser.newPage();
  life.after(() => page.close());
  const output = [];
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const text = `${message.text()} ${message.location().url ?? ''}`;
    output.push(text);
    if (/^(error|warn)/.test(message.type())) complaints.push(text);
  });
  const modules = [];
  const maps = [];
  const failed = [];
  page.on('requestfailed', (request) => failed.push(`${request.failure()?.errorText} ${request.url()}`));
  page.on('response', (response) => {
    if (/\.map$/.test(response.url())) maps.push(response.url());
    if (response.status() >= 400) failed.push(`${response.status()} ${response.url()}`);
    if (/\.wasm($|\?)/.test(response.url())) modules.push(response.buffer().catch(() => Buffer.alloc(0)));
  });
  await page.goto(url);
  const result = await ended(page, [output, complaints, failed]);
  const shown = await upload(page, photo);
  const isWasm = (body) => body.subarray(0, 4).toString('hex') === MAGIC;
  const bodies = (await Promise.all(modules)).filter(isWasm);
  const prefetched = await page.$$eval('link[href]', (links) => links.map(({ href }) => href));
  return {
    ...result,
    ...{ shown, output, complaints, maps, failed },
    prefetched: prefetched.filter((url) => /^http/.test(url)),
    wasm: wayOf(new Set(bodies.map(({ length }) => length)).size, 'copy', MODULES, 'file'),
    worker: workersOf(page),
  };
}

/** `none` if there are none of what there should be `all`, `way` if all are there, else how many. */
const wayOf = (count, none, all, way) => ({ 0: none, [all]: way })[count] ?? `${count} of ${all}`;

function workersOf(page) {
  const workers = page.workers();
  const copies = workers.filter((worker) => worker.url().startsWith('blob:')).length;
  return copies === 0 ? wayOf(workers.length, 'none', WORKERS, 'file') : wayOf(copies, '', workers.length, 'copy');
}

async function ended(page, notes) {
  for (const end = Date.now() + WAIT_MILLIS; Date.now() < end; await sleep(50)) {
    // A development server may load the page again at any time.
    const text = await page.evaluate(() => document.documentElement.dataset.result).catch(() => undefined);
    if (text) return JSON.parse(text);
  }
  throw new Error(`no result: ${notes.flat().join('\n')}\n${await page.content()}`);
}

/** Picks the file in the element, as a person would; gives what the page then shows, or undefined if there is no element. */
async function upload(page, { name }) {
  const element = await page.$('media-ferry');
  if (!element) return undefined;
  const input = await element.evaluateHandle((element) => {
    element.gateway = new URL(location.href).searchParams.get('gateway');
    return element.shadowRoot.querySelector('input');
  });
  await input.uploadFile(fileURLToPath(new URL(`../fixtures/e2e/${name}`, import.meta.url)));
  const options = { timeout: UPLOAD_MILLIS };
  const isShown = () => document.querySelector('output').textContent;
  await page.waitForFunction(isShown, options).catch(async () => {
    const state = await element.evaluate(({ uploader }) => uploader.tasks.map(({ status }) => status));
    throw new Error(`the page does not show the upload of the element: ${state}`);
  });
  return await page.$eval('output', ({ textContent }) => textContent);
}
