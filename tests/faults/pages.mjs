// The pages that cases run on, each with proxies of its own, in front of one gateway and one backend.

import { setTimeout as sleep } from 'node:timers/promises';
import { BLANK, openTab, startBrowser } from '../e2e/browser.mjs';
import { hasPages } from '../e2e/engine.mjs';
import { startGateway } from '../e2e/gateway.mjs';
import { Assets } from './assets.mjs';
import { startBackend } from './backend.mjs';
import { install } from './in-page.mjs';
import { startProxy } from './proxy.mjs';

/** The gateway allows for clocks that differ by 5 s, and for an age that was rounded up to a second. */
const GATEWAY_AGE_MILLIS = 7_000;

/** Prepares so many pages, for as long as `life` lasts. */
export async function startPages(life, count) {
  const backend = await startBackend(life);
  const servers = { backend };
  const pages = [];
  for (let number = 0; number < count; number++) pages.push(await startPage(life, servers));
  const origins = pages.flatMap(({ home }) => ['--allow-origin', home.gateway.url]);
  servers.gateway = await startGateway(life, { args: ['--processing-millis', '0', ...origins] });
  // Of requests that may be older than itself, a gateway cannot say that they never came.
  const isOldEnough = sleep(GATEWAY_AGE_MILLIS);
  const assets = new Assets(servers.gateway.data, backend);
  const start = () => startBrowser(life, { isDirect: true });
  const browser = hasPages && (await start());
  for (const page of pages) Object.assign(page, { assets, startBrowser: async () => browser || (await start()) });
  await isOldEnough;
  return new Pool(pages);
}

class Pool {
  #waiting = [];

  constructor(free) {
    this.free = free;
  }

  /** Runs a case on a page that has this host, or on any other that is free; the last one used is taken first. */
  async run(host, use) {
    const at = this.free.findLastIndex((page) => page.host === host);
    const page = at >= 0 ? this.free.splice(at, 1)[0] : (this.free.pop() ?? (await this.#next()));
    try {
      await page.open(host);
      return await use(page);
    } catch (error) {
      await page.close();
      throw error;
    } finally {
      const next = this.#waiting.shift();
      if (next) next(page);
      else this.free.push(page);
    }
  }

  #next() {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** The proxies of a page: `home` for all its uploads, `apart` for one whose connections are to break. */
async function startPage(life, servers) {
  const page = new Page(life);
  const onForwarded = (line) => page.onForwarded(line);
  const { findFault } = page;
  for (const place of ['home', 'apart']) {
    const storage = await startProxy(life, {
      isStorage: true,
      origin: (path) => (path.startsWith('/own/') ? servers.backend.url : servers.gateway.storage),
      rewrite: (text) => text,
      ...{ findFault, onForwarded },
    });
    const gateway = await startProxy(life, {
      origin: (path) => (path.startsWith('/own/') ? servers.backend.url : servers.gateway.url),
      // The first URL in a ticket is the one for the page.
      rewrite: (text) => text.replace(servers.gateway.storage, storage.url),
      ...{ findFault, onForwarded },
    });
    page[place] = { gateway, storage };
  }
  return page;
}

class Page {
  faults = [];
  /** Called with the line of each request that a server has responded to, before the response is returned. */
  onForwarded = () => {};
  findFault = (line, isReused) => this.faults.find((fault) => fault.matches(line, isReused));
  #tab;

  constructor(life) {
    this.life = life;
  }

  /** Opens it with this host of the core, unless it is open. */
  async open(host) {
    if (this.#tab && this.host === host) return;
    await this.close();
    this.browser ??= await this.startBrowser();
    this.host = host;
    this.#tab = await openTab(this.life, this.browser, this.home.gateway.url + BLANK);
    await this.#tab.page.evaluate(install, host === 'main' ? { worker: false } : {});
  }

  /** Closes it, so that the next case gets a fresh one. */
  async close() {
    const tab = this.#tab;
    this.#tab = undefined;
    await tab?.page.close();
  }

  /** What went wrong in the page since the last call, beside requests. */
  takeErrors() {
    return this.#tab.errors.splice(0);
  }

  /** Whether its core runs in a worker, and how many workers it has started after the first. */
  async workers() {
    return await this.#tab.page.evaluate(() => globalThis.faults.workers());
  }

  async begin(key, jobs) {
    await this.#tab.page.evaluate((key, jobs) => globalThis.faults.begin(key, jobs), key, jobs);
  }

  async retry(key) {
    await this.#tab.page.evaluate((key) => globalThis.faults.retry(key), key);
  }

  /** How all jobs ended; fails if they do not. */
  async outcomes(key, seconds) {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
      const outcomes = await this.#tab.page.evaluate((key) => globalThis.faults.outcomes(key, 10), key);
      if (outcomes) return outcomes;
    }
    const running = await this.#tab.page.evaluate((key) => globalThis.faults.running(key), key);
    throw new Error(`after ${seconds} s these have not ended: ${JSON.stringify(running)}`);
  }

  async forget(key) {
    await this.#tab?.page.evaluate((key) => globalThis.faults.forget(key), key);
  }

  /** Waits until the servers have responded to everything. */
  async settled() {
    for (const { gateway, storage } of [this.home, this.apart]) {
      await gateway.settled();
      await storage.settled();
    }
  }
}
