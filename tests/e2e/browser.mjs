// A tab with a page of the gateway, every request that it makes, and files given to it as a person would.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAborted, isExpected } from './engine.mjs';

export { startBrowser } from './engine.mjs';

/** A page of the gateway's origin, under its content policy, with nothing on it. */
export const BLANK = '/mediaferry/index.js';

/** Opens a URL in a new tab, for as long as `life` lasts. */
export async function openTab(life, browser, url) {
  const page = await browser.newPage();
  const folder = mkdtempSync(join(tmpdir(), 'mediaferry-files-'));
  life.after(async () => {
    if (!page.isClosed()) await page.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const tab = new Tab(page, folder);
  await page.goto(url);
  await page.evaluate(keepWorkers);
  return tab;
}

class Tab {
  /** What the page and its workers have asked for, once it has ended: `{ method, url, headers, status, aborted }`. */
  requests = [];
  /** What went wrong in the page, beside requests: exceptions, refusals by the content policy. */
  errors = [];

  constructor(page, folder) {
    Object.assign(this, { page, folder });
    const open = new Set();
    page.on('request', (request) => open.add(request));
    const keep = (request) => {
      open.delete(request);
      const [status, aborted] = [request.response()?.status(), isAborted(request.failure()?.errorText)];
      this.requests.push({ method: request.method(), url: request.url(), headers: request.headers(), status, aborted });
    };
    page.on('requestfinished', keep).on('requestfailed', keep);
    /** Waits until no request is under way: the browser tells of their ends a little later than the page sees them. */
    this.settled = async () => {
      for (const end = Date.now() + 5_000; open.size && Date.now() < end; ) await sleep(5);
    };
    const note = (text) => isExpected(text) || this.errors.push(text);
    page.on('pageerror', (error) => note(error.message));
    page.on('console', (message) => message.type() === 'error' && note(message.text()));
  }

  /** The requests of one method. */
  sent(method) {
    return this.requests.filter((request) => request.method === method);
  }

  /** The URLs of the page's workers that run. Puppeteer knows of none in Firefox, and WebDriver of none at all. */
  async workers() {
    return await this.page.evaluate(() => [...globalThis.keptWorkers.values()]);
  }

  /** Writes files to disk and gives their paths. */
  save(files) {
    return files.map(({ name, bytes }) => {
      const path = join(this.folder, name);
      writeFileSync(path, bytes);
      return path;
    });
  }

  /** An input that is no part of the page and holds these files. */
  async holding(files) {
    return await this.holdingPaths(this.save(files));
  }

  /** The same with files that are on disk. */
  async holdingPaths(paths) {
    const input = await this.page.evaluateHandle(() =>
      Object.assign(document.createElement('input'), { type: 'file', multiple: true }),
    );
    await input.uploadFile(...paths);
    return input;
  }

  /**
   * Uploads a file or a URL by the package itself, without the demo page. Gives `{ asset }` or `{ error }`, and the
   * events. With `abortAt`, a stage, the upload is cancelled there, once bytes move where they do. The rest are options.
   */
  async upload(source, { provider = 'modelhunter', init, abortAt, ...options } = {}) {
    const given = typeof source === 'string' ? source : await this.holding([source]);
    return await this.page.evaluate(callPackage, given, { init, abortAt, options: { provider, ...options } });
  }

  /** Calls a function of the package with a file and an option; an async iterable becomes a list. */
  async call(name, source, options) {
    const given = source?.bytes ? await this.holding([source]) : source;
    return await this.page.evaluate(
      async (name, given, options) => {
        const known = await import('/mediaferry/index.js');
        const first = given instanceof HTMLInputElement ? [given.files[0]] : given === undefined ? [] : [given];
        try {
          const result = known[name](...first, ...(options ? [options] : []));
          if (!result[Symbol.asyncIterator]) return await result;
          const all = [];
          for await (const one of result) all.push(one);
          return all;
        } catch ({ name, code, message, violations }) {
          return { error: { name, code, message, violations } };
        }
      },
      name,
      given,
      options,
    );
  }
}

/** Runs in the page. */
function keepWorkers() {
  const kept = new Map();
  globalThis.keptWorkers = kept;
  globalThis.Worker = class extends Worker {
    constructor(url, options) {
      super(url, options);
      kept.set(this, new URL(url, location).href);
    }

    terminate() {
      kept.delete(this);
      super.terminate();
    }
  };
}

/** Runs in the page. */
async function callPackage(given, { init, abortAt, options }) {
  const { upload, init: start } = await import('/mediaferry/index.js');
  if (init) await start(init);
  const abort = new AbortController();
  const told = { stages: [], progress: [], retries: [], warnings: [] };
  const moves = abortAt === 'transfer';
  const cancel = () => told.stages.at(-1) === abortAt && abort.abort();
  const listeners = {
    signal: abort.signal,
    onStage: (stage) => {
      told.stages.push(stage);
      if (!moves) cancel();
    },
    onRetry: (retry) => told.retries.push(retry.error),
    onWarnings: (warnings) => told.warnings.push(...warnings),
    onProgress: (progress) => {
      told.progress.push(progress);
      if (moves && progress.sentBytes > 0) cancel();
    },
  };
  try {
    const source = typeof given === 'string' ? given : given.files[0];
    const asset = await upload(source, { ...options, ...listeners });
    return { ...told, asset: { ...asset, expiresAt: asset.expiresAt?.getTime() } };
  } catch (error) {
    const { name, code, stage, status, retryable, outcomeUnknown, providerMessage, message, violations } = error;
    return {
      ...told,
      error: { name, code, stage, status, retryable, outcomeUnknown, providerMessage, message, violations },
    };
  }
}
