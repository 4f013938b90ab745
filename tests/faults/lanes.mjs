// Where the cases run: lanes, each with doors of its own and a page that comes by them, in front of one gateway.

import { BLANK, openTab, startBrowser } from '../e2e/browser.mjs';
import { startGateway } from '../e2e/gateway.mjs';
import { hasPages } from '../e2e/engine.mjs';
import { Assets } from './assets.mjs';
import { startBackend } from './backend.mjs';
import { startDoor } from './door.mjs';
import { install } from './inside.mjs';

/** Starts so many lanes, for as long as `life` lasts. */
export async function startLanes(life, count) {
  const backend = await startBackend(life);
  const behind = { backend };
  const lanes = [];
  for (let number = 0; number < count; number++) lanes.push(await startLane(life, behind));
  const origins = lanes.flatMap(({ home }) => ['--allow-origin', home.gateway.url]);
  behind.gateway = await startGateway(life, { args: ['--processing-millis', '0', ...origins] });
  const assets = new Assets(behind.gateway.data, backend);
  const browser = hasPages && (await startBrowser(life, { isDirect: true }));
  for (const lane of lanes) Object.assign(lane, { assets, startBrowser: () => browser || startBrowser(life, { isDirect: true }) });
  return new Lanes(lanes);
}

class Lanes {
  #waiting = [];

  constructor(free) {
    this.free = free;
  }

  /** A lane for a while; the last that was used is taken first, as its page is open. */
  async with(host, use) {
    const at = this.free.findLastIndex((lane) => lane.host === host);
    const lane = at >= 0 ? this.free.splice(at, 1)[0] : (this.free.pop() ?? (await this.#next()));
    try {
      return await use(await lane.opened(host));
    } finally {
      const next = this.#waiting.shift();
      if (next) next(lane);
      else this.free.push(lane);
    }
  }

  #next() {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** A lane's doors: the page's own for everything, and two at the side for one upload whose connections are to fail. */
async function startLane(life, behind) {
  const lane = new Lane(life, behind);
  for (const place of ['home', 'side']) {
    const storage = await startDoor(life, {
      isStorage: true,
      origin: (path) => (path.startsWith('/own/') ? behind.backend.url : behind.gateway.storage),
      edit: (text) => text,
      find: lane.find,
    });
    const gateway = await startDoor(life, {
      origin: (path) => (path.startsWith('/own/') ? behind.backend.url : behind.gateway.url),
      // The first URL in a ticket is the one for the page.
      edit: (text) => text.replace(behind.gateway.storage, storage.url),
      find: lane.find,
      answers: (line) => lane.answers(line),
    });
    lane[place] = { gateway, storage };
  }
  return lane;
}

class Lane {
  faults = [];
  answers = () => {};
  find = (line, isReused) => this.faults.find((fault) => fault.takes(line, isReused));
  #tab;

  constructor(life, behind) {
    Object.assign(this, { life, behind });
  }

  /** Opens a page with this host of the core, unless it is open. */
  async opened(host) {
    if (this.#tab && this.host === host) return this;
    await this.closed();
    this.browser ??= await this.startBrowser();
    this.host = host;
    this.#tab = await openTab(this.life, this.browser, this.home.gateway.url + BLANK);
    await this.#tab.page.evaluate(install, host === 'main' ? { worker: false } : {});
    return this;
  }

  /** Closes the page, so that the next case finds another: it may not be what it was. */
  async closed() {
    await this.#tab?.page.close();
    this.#tab = undefined;
  }

  /** What went wrong in the page since the last time, beside requests. */
  takeErrors() {
    return this.#tab.errors.splice(0);
  }

  async workers() {
    return (await this.#tab.page.workers()).length;
  }

  async begin(key, jobs) {
    await this.#tab.page.evaluate((key, jobs) => globalThis.faults.begin(key, jobs), key, jobs);
  }

  async retry(key) {
    await this.#tab.page.evaluate((key) => globalThis.faults.retry(key), key);
  }

  /** How all jobs ended; fails if they do not. */
  async ends(key, seconds) {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
      const ends = await this.#tab.page.evaluate((key) => globalThis.faults.ends(key, 20), key);
      if (ends) return ends;
    }
    throw new Error(`it has not ended after ${seconds} s`);
  }

  /** Waits until the servers have answered everything. */
  async settled() {
    for (const { gateway, storage } of [this.home, this.side]) {
      await gateway.settled();
      await storage.settled();
    }
  }
}
