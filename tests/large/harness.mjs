// A contender in a browser, with a gateway and a wire in front of a store: uploads that are interrupted, and what they cost.

import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Bucket } from '../buckets/bucket.mjs';
import { BLANK, openTab } from '../e2e/browser.mjs';
import { startGateway } from '../e2e/gateway.mjs';
import { startWire } from './wire.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Longer than Golden Retriever takes to store what it knows. */
const RETRIEVER_MILLIS = 1_500;

/** Writes what the pages load, for as long as `life` lasts; returns the folder. */
export async function bundlePages(life) {
  const folder = mkdtempSync(join(tmpdir(), 'mediaferry-large-'));
  life.after(() => rmSync(folder, { recursive: true, force: true }));
  await build({
    absWorkingDir: root,
    entryPoints: ['tests/large/page/*.js'],
    outdir: join(folder, 'pages'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    external: ['/mediaferry/*'],
    logLevel: 'warning',
  });
  return folder;
}

/** A copy of a file under another name, for as long as `life` lasts. `change` gets its bytes, and the time stays the same. */
export function copyOf(life, path, name, change) {
  const folder = mkdtempSync(join(tmpdir(), 'mediaferry-large-'));
  life.after(() => rmSync(folder, { recursive: true, force: true }));
  const copy = join(folder, name);
  copyFileSync(path, copy);
  if (change) {
    const bytes = readFileSync(copy);
    change(bytes);
    writeFileSync(copy, bytes);
  }
  utimesSync(copy, 1e9, 1e9);
  return copy;
}

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Calls `is` until it is true, and fails after so many seconds. */
export async function until(is, seconds = 60) {
  for (const end = Date.now() + 1_000 * seconds; !(await is()); await sleep(50))
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${is}`);
}

export class Bench {
  /**
   * Starts a gateway whose pages run `contender` (`mediaferry` or `uppy`), for as long as `life` lasts. `through` starts what
   * stands between page and wire, and gives its URL.
   */
  static async start(life, { browser, contender, variables, pages, partBytes, env = {}, through }) {
    const bench = new Bench();
    Object.assign(bench, { life, browser, contender, pages, partBytes });
    bench.bucket = new Bucket(variables);
    const sign = ({ method, key, uploadId, partNumber }) => {
      const isCreation = method === 'POST' && !uploadId;
      const parameters = { uploadId, partNumber, ...(isCreation && { uploads: '' }) };
      const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
      return seen.url(method, key, Object.fromEntries(given));
    };
    bench.wire = await startWire(life, variables.MEDIAFERRY_S3_ENDPOINT, contender === 'uppy' ? { sign } : {});
    bench.storage = (await through?.(bench.wire.url)) ?? bench.wire.url;
    bench.env = { ...variables, ...env, MEDIAFERRY_S3_ENDPOINT: bench.storage };
    const seen = new Bucket(bench.env);
    await bench.#startGateway();
    return bench;
  }

  async #startGateway(port) {
    const args = ['--part-bytes', String(this.partBytes), '--processing-millis', '0'];
    this.gateway = await startGateway(this.life, { args, env: this.env, www: this.pages, port });
  }

  /** What a deploy with another part size does: the same gateway and the same uploads, and larger parts for new ones. */
  async changePartSize(partBytes) {
    const { port } = new URL(this.gateway.url);
    await this.gateway.stop();
    this.partBytes = partBytes;
    await this.#startGateway(port);
  }

  /** Opens a tab with the contender. */
  async open(life, options) {
    const tab = await openTab(life, this.browser, this.gateway.url + BLANK);
    const own = this.contender === 'uppy' ? { storage: this.storage } : {};
    await this.call(tab, 'open', { ...own, ...options });
    return tab;
  }

  /** Calls a function of the contender's module in the page. */
  call(tab, name, ...args) {
    return tab.page.evaluate(
      async (module, name, ...args) => (await import(`/pages/${module}.js`))[name](...args),
      this.contender,
      name,
      ...args,
    );
  }

  /** Picks a file, or resumes with it. */
  async give(tab, path, how = 'pick') {
    await this.call(tab, how, await tab.holdingPaths([path]));
  }

  /** Waits for the end of an upload; not by one call, which could take longer than a browser's driver waits. */
  async end(tab, seconds = 60) {
    let result;
    await until(async () => {
      result = await this.call(tab, 'result');
      return result;
    }, seconds);
    return result;
  }

  /** Forgets what pages have stored in the browser. */
  async forget(life) {
    const tab = await openTab(life, this.browser, this.gateway.url + BLANK);
    await tab.page.evaluate(async () => {
      for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name);
      localStorage.clear();
    });
    await tab.page.close();
  }

  /** Uploads a file until so many parts are stored, and kills the tab. Forgets what that has cost. */
  async interrupt(life, path, parts, { give = (tab) => this.give(tab, path), beforeKill } = {}) {
    await this.forget(life);
    this.wire.reset();
    this.wire.hold(parts);
    const tab = await this.open(life);
    await give(tab);
    await until(() => this.wire.stored.length === parts);
    if (this.contender === 'uppy') await sleep(RETRIEVER_MILLIS);
    else await until(async () => (await this.call(tab, 'remembered')) >= parts);
    const { key, uploadId } = this.wire.stored[0];
    await beforeKill?.();
    await tab.page.close();
    // The connections of the tab end.
    await sleep(200);
    this.wire.reset();
    return { key, uploadId };
  }

  /** What is stored as the object of the latest upload: `right`, `wrong` or `none`, beside this SHA-256. */
  async object(expected) {
    const { key } = this.wire.requests.findLast(({ number }) => number > 0) ?? this.wire.requests.at(-1);
    const response = await fetch(this.bucket.url('GET', key));
    if (!response.ok) return 'none';
    const hash = createHash('sha256');
    for await (const chunk of response.body) hash.update(chunk);
    return hash.digest('hex') === expected ? 'right' : 'wrong';
  }

  /** Uploads what is left of a file, of which so many parts were stored. Returns the result, with the parts sent again. */
  async continue(life, path, parts, { how, options, expected = sha256(readFileSync(path)) } = {}) {
    const tab = await this.open(life, options);
    await this.give(tab, path, how);
    const result = await this.end(tab);
    const all = Math.ceil(statSync(path).size / this.partBytes);
    const sent = this.wire.stored.length;
    return { ...result, sent, again: Math.max(0, sent - (all - parts)), object: await this.object(expected) };
  }
}
