// The loader on a page whose server and content policy do it no favours: what cannot be had is replaced by a copy.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openTab } from './browser.mjs';
import { REAL } from './fixtures.mjs';
import { startGateway } from './gateway.mjs';
import { lifetime } from './lifetime.mjs';
import { browser, setUp } from './setup.mjs';
import { startSite } from './site.mjs';

const [CAT] = REAL;
const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
/** The cores, each with its worker: a large file needs the other one. */
const CORES = { core: 'worker', parts: 'parts-worker' };

const missing = { status: 404, type: 'text/plain', body: 'not found' };
const html = { type: 'text/html', body: '<!doctype html><title>app</title>' };
const EVAL = "script-src 'self' 'wasm-unsafe-eval'";

/** What comes in the place of the wasm and of the worker, the page's policy, and where the core runs then. */
const TROUBLE = {
  'all is there': { runs: 'worker' },
  'the wasm has the wrong type': { wasm: (body) => ({ type: 'text/plain', body }), runs: 'worker' },
  'a page comes for the wasm': { wasm: () => html, runs: 'worker' },
  'the wasm is not there': { wasm: () => missing, runs: 'worker' },
  'the wasm is cut off': {
    wasm: (body) => ({ type: 'application/wasm', body: body.subarray(0, 50_000) }),
    runs: 'worker',
  },
  'the worker is not there': { worker: missing, runs: 'copy' },
  'a page comes for the worker': { worker: html, runs: 'copy' },
  'the worker does not parse': { worker: { type: 'text/javascript', body: 'export {' }, runs: 'copy' },
  'neither is there': { wasm: () => missing, worker: missing, runs: 'copy' },
  'the policy refuses all workers': { policy: `${EVAL}; worker-src 'none'`, runs: 'page' },
  'the policy refuses copies': { worker: missing, policy: `${EVAL}; worker-src 'self'`, runs: 'page' },
  'the policy allows copies only': { policy: `${EVAL}; worker-src blob:`, runs: 'copy' },
};

const PARTS_MISSING = 'presignedParts() needs parts.wasm: pass it to init({ parts })';

/** The loader waits five seconds for a worker that is silent: a refused one must not be. */
const TOLD_MILLIS = 4_500;

suite('the loader', () => {
  setUp();

  for (const [title, { runs, ...trouble }] of Object.entries(TROUBLE)) {
    test(title, async (t) => {
      const { tab, gateway } = await openSite(t, trouble);
      await tab.page.evaluate(keepUncaught);
      for (const multipartThreshold of [CAT.bytes.length + 1, 1]) {
        const others = await tab.workers();
        const start = performance.now();
        const { asset, error } = await tab.upload(CAT, { gateway: gateway.url, multipartThreshold });
        const millis = performance.now() - start;
        assert.equal(asset?.sha256, CAT.sum, error?.message);
        const [worker] = (await tab.workers()).filter((url) => !others.includes(url));
        assert.equal(worker ? (worker.startsWith('blob:') ? 'copy' : 'worker') : 'page', runs);
        assert.ok(millis < TOLD_MILLIS, `it took ${millis} ms`);
      }
      const uncaught = await tab.page.evaluate(() => globalThis.uncaught);
      assert.deepEqual(uncaught, [], 'what goes wrong is no error of the page');
    });
  }

  test("without 'wasm-unsafe-eval', every call rejects immediately with what is missing", async (t) => {
    const { tab } = await openSite(t, { policy: "script-src 'self'" });
    for (const [name, source] of [['check', CAT], ['probe', CAT], ['init']]) {
      const { error } = await tab.call(name, source);
      assert.deepEqual([error.name, error.code], ['SetupError', 'wasm_blocked']);
      assert.match(error.message, /'wasm-unsafe-eval'.*script-src/);
    }
    assert.ok(!tab.requests.some(({ url }) => /formats|inline|host/.test(url)), 'a copy was fetched in vain');
    assert.equal(await tab.call('sha256', CAT), CAT.sum, 'the page hashes without the core');
  });

  test('a module of another build rejects with what to do', async (t) => {
    const { tab } = await openSite(t);
    // (module (import "x" "y" (func)))
    const { error } = await tab.call('init', undefined, {
      wasm: 'data:application/wasm;base64,AGFzbQEAAAABBAFgAAACBwEBeAF5AAA=',
    });
    assert.deepEqual([error.name, error.code], ['SetupError', 'wasm_invalid']);
  });

  test('mediaferry/slim without parts.wasm sends a large file in one request, and says what parts need', async (t) => {
    const { tab, gateway } = await openSite(t);
    const [large, inParts] = await tab.page.evaluate(uploadSlim, await tab.holding([CAT]), gateway.url, {});
    assert.equal(large.sha256, CAT.sum);
    assert.deepEqual([inParts.name, inParts.message], ['TypeError', PARTS_MISSING]);
  });

  test('an upload in parts uses the files of an init() that is still running', async (t) => {
    const { tab, gateway } = await openSite(t);
    const parts = { parts: '/mediaferry/parts.wasm', partsWorker: '/mediaferry/parts-worker.js' };
    const [large, inParts] = await tab.page.evaluate(uploadSlim, await tab.holding([CAT]), gateway.url, parts);
    assert.equal(large.sha256, CAT.sum);
    assert.equal(inParts.message, 'called');
  });

  test('a script that cannot be loaded on demand is reported', async (t) => {
    const { tab } = await openSite(t, { worker: missing, lost: ['fallbacks.js', 'providers.js'] });
    for (const [name, source] of [['probe', CAT], ['providers']]) {
      const { error } = await tab.call(name, source);
      assert.deepEqual([error.name, error.code], ['SetupError', 'script_missing']);
    }
  });

  test('a script that the policy blocks is reported as such', async (t) => {
    const allowed = ['index', 'errors', 'client', 'callbacks']
      .map((name) => `127.0.0.1:*/mediaferry/${name}.js`)
      .join(' ');
    const { tab } = await openSite(t, { policy: `script-src ${allowed} 'wasm-unsafe-eval'; worker-src 'none'` });
    for (const [name, source] of [['probe', CAT], ['providers']]) {
      const { error } = await tab.call(name, source);
      assert.deepEqual([error.name, error.code], ['SetupError', 'script_blocked']);
      assert.match(error.message, /script-src/);
    }
  });

  test('the core is requested once, beside the script of the call', async (t) => {
    const { tab } = await openSite(t);
    await tab.call('probe', CAT);
    const [client, cores] = await tab.page.evaluate(() => {
      const requested = performance.getEntriesByType('resource');
      const timesOf = (name) =>
        requested.filter((entry) => entry.name.endsWith(`/${name}`)).map((entry) => entry.toJSON());
      return [timesOf('client.js')[0], timesOf('core.wasm')];
    });
    assert.equal(cores.length, 1);
    assert.ok(cores[0].startTime < client.responseEnd, `${cores[0].startTime} ms, ${client.responseEnd} ms`);
    assert.equal((await tab.workers()).length, 1);
  });

  test('a call whose script the policy blocks is reported as such', async (t) => {
    const allowed = ['index', 'errors'].map((name) => `127.0.0.1:*/mediaferry/${name}.js`).join(' ');
    const { tab } = await openSite(t, { policy: `script-src ${allowed} 'wasm-unsafe-eval'` });
    const { error } = await tab.call('probe', CAT);
    assert.deepEqual([error.name, error.code], ['SetupError', 'script_blocked']);
    assert.deepEqual(await tab.workers(), [], 'the worker that had begun has ended');
  });

  test('a call can be repeated after its script could not be loaded', async (t) => {
    const { tab, restore } = await openSite(t, { lost: ['client.js'] });
    for (const call of ['probe', 'init']) {
      const { error } = await tab.call(call, call === 'init' ? undefined : CAT);
      assert.deepEqual([error.name, error.code], ['SetupError', 'script_missing']);
    }
    restore('client.js');
    assert.equal(await tab.call('sha256', CAT), CAT.sum);
  });

  test('init() can be repeated after it failed', async (t) => {
    const { tab } = await openSite(t);
    const { error } = await tab.call('init', undefined, { wasm: '/nowhere.wasm' });
    assert.deepEqual([error.name, error.code], ['SetupError', 'wasm_missing']);
    assert.equal(await tab.call('sha256', CAT), CAT.sum);
  });
});

/** Runs in the page: keeps what an error monitor would report. */
function keepUncaught() {
  globalThis.uncaught = [];
  globalThis.onerror = (message) => {
    globalThis.uncaught.push(String(message));
  };
  globalThis.addEventListener('unhandledrejection', ({ reason }) => globalThis.uncaught.push(String(reason)));
}

/** Runs in the page: uploads the file as one that is large, and by a backend that signs parts. */
async function uploadSlim({ files: [file] }, gateway, parts) {
  const { init, presignedParts, upload } = await import('/mediaferry/slim.js');
  init({ wasm: '/mediaferry/core.wasm', worker: '/mediaferry/worker.js', ...parts });
  const unused = () => Promise.reject(new Error('called'));
  const backend = presignedParts({ id: 'own', create: unused, sign: unused, complete: unused });
  const outcome = (options) => upload(file, options).catch(({ name, message }) => ({ name, message }));
  return await Promise.all([
    outcome({ provider: 'modelhunter', gateway, multipartThreshold: 1 }),
    outcome({ provider: backend }),
  ]);
}

/** A page of its own server, on the package, with this trouble. */
async function openSite(t, { wasm, worker, lost = [], policy } = {}) {
  const life = lifetime(t);
  const overrides = { '/': html, '/favicon.ico': { type: 'image/png' } };
  for (const [core, script] of Object.entries(CORES)) {
    if (wasm) overrides[`/mediaferry/${core}.wasm`] = wasm(readFileSync(`${DIST}${core}.wasm`));
    if (worker) overrides[`/mediaferry/${script}.js`] = worker;
  }
  for (const name of lost) overrides[`/mediaferry/${name}`] = missing;
  const headers = policy && { 'content-security-policy': policy };
  const { url } = await startSite(life, { folders: { '/mediaferry/': DIST }, headers, overrides });
  const gateway = await startGateway(life, { args: ['--allow-origin', url] });
  const restore = (name) => delete overrides[`/mediaferry/${name}`];
  return { tab: await openTab(life, browser, url), gateway, restore };
}
