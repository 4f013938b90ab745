// Where the package runs that is no usual page: service workers, and frames without an origin.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { openTab } from './browser.mjs';
import { REAL } from './fixtures.mjs';
import { startGateway } from './gateway.mjs';
import { lifetime } from './lifetime.mjs';
import { browser, setUp } from './setup.mjs';
import { startSite } from './site.mjs';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const [CAT, , , MOVIE] = REAL;
const html = (body = '') => ({ type: 'text/html', body: `<!doctype html><title>app</title>${body}` });
const script = (body) => ({ type: 'text/javascript', body });

/** A rejection must not wait for a timeout or for retries. */
const TOLD_MILLIS = 2_000;

/** Answers each message with the result of a function of the package, by its port. */
const ANSWER = (entry) => `import * as mediaferry from '${entry}';
  addEventListener('message', async ({ data, ports: [port] }) => {
    const start = performance.now();
    const known = { progress: [] };
    const onProgress = ({ sentBytes, fraction }) => known.progress.push({ sentBytes, fraction });
    try {
      const { name, file, options } = data;
      const result = await mediaferry[name](file, name === 'upload' ? { ...options, onProgress } : options);
      port.postMessage({ ...known, result: JSON.parse(JSON.stringify(result)) });
    } catch ({ name, code, message }) {
      port.postMessage({ ...known, error: { name, code, message }, millis: performance.now() - start });
    }
  });`;

suite('outside pages', () => {
  setUp();

  test('in a service worker, mediaferry/standalone uploads files of all formats', async (t) => {
    const { tab, gateway } = await openSite(t, { '/sw.js': script(await classic(ANSWER('mediaferry/standalone'))) });
    if (!(await hasServiceWorkers(tab))) return t.skip('this browser has no service workers here');
    for (const provider of ['modelhunter', 'relaydance']) {
      for (const file of [CAT, MOVIE]) {
        const { result, error, progress } = await askServiceWorker(tab, 'upload', file, {
          provider,
          gateway: gateway.url,
        });
        assert.equal(result?.sha256, file.sum, error?.message);
        const held = Buffer.from(await (await fetch(result.url)).arrayBuffer());
        assert.ok(held.equals(file.bytes));
        assert.ok(progress.every(({ fraction }, at) => fraction >= (progress[at - 1]?.fraction ?? 0)));
        assert.deepEqual(progress.at(-1), { sentBytes: file.bytes.length, fraction: 1 });
        assert.ok(
          progress.some((one) => one.fraction < 1 && one.sentBytes === file.bytes.length),
          'all is sent, once it is',
        );
      }
    }
    const { result } = await askServiceWorker(tab, 'probe', MOVIE);
    assert.equal(result.format, 'MP4');
    assert.equal((await askServiceWorker(tab, 'providers')).result.length, 5);
  });

  test('in a service worker, mediaferry rejects at once with what to import', async (t) => {
    const { tab } = await openSite(t, { '/sw.js': script(ANSWER('/mediaferry/index.js')) });
    if (!(await hasServiceWorkers(tab))) return t.skip('this browser has no service workers here');
    if (!(await registers(tab, 'module'))) return t.skip('this browser has no modules in service workers');
    for (const name of ['probe', 'providers']) {
      const { error, millis } = await askServiceWorker(
        tab,
        name,
        name === 'probe' ? CAT : undefined,
        undefined,
        'module',
      );
      assert.deepEqual([error?.name, error?.code], ['SetupError', 'unsupported']);
      assert.match(error.message, /mediaferry\/standalone/);
      assert.ok(millis < TOLD_MILLIS, `it took ${millis} ms`);
    }
  });

  test('in a frame without an origin, files are probed, and uploads reject at once with the cause', async (t) => {
    const frame = html(
      `<script type="module">${ANSWER('/mediaferry/index.js')}parent.postMessage('ready', '*');</script>`,
    );
    const { tab, gateway } = await openSite(t, { '/frame.html': frame });
    const ask = async (name, options) => await tab.page.evaluate(askFrame, await tab.holding([CAT]), { name, options });
    const { result, error } = await ask('probe');
    assert.equal(result?.format, 'JPEG', error?.message);
    assert.equal((await ask('sha256')).result, CAT.sum);
    for (const options of [{ provider: 'modelhunter' }, { provider: 'modelhunter', gateway: gateway.url }]) {
      const { error, millis } = await ask('upload', options);
      assert.deepEqual([error?.name, error?.code], ['SetupError', 'opaque_origin']);
      assert.ok(millis < TOLD_MILLIS, `it took ${millis} ms`);
    }
    assert.deepEqual(await gateway.sent(), []);
  });
});

/** A page of its own server, with these files beside it. */
async function openSite(t, overrides) {
  const life = lifetime(t);
  const others = { '/': html(), '/favicon.ico': { type: 'image/png' } };
  // A frame without an origin may load only what every origin may.
  const headers = { 'access-control-allow-origin': '*' };
  const { url } = await startSite(life, {
    folders: { '/mediaferry/': DIST },
    headers,
    overrides: { ...others, ...overrides },
  });
  const gateway = await startGateway(life, { args: ['--allow-origin', url] });
  return { tab: await openTab(life, browser, url), gateway };
}

/** The script as one file without imports, as bundlers make it for service workers. */
async function classic(contents) {
  const stdin = { contents, resolveDir: DIST };
  const { outputFiles, warnings } = await build({
    stdin,
    bundle: true,
    write: false,
    format: 'iife',
    logLevel: 'silent',
  });
  assert.deepEqual(warnings, [], 'it needs neither import() nor import.meta');
  return outputFiles[0].text;
}

const hasServiceWorkers = (tab) => tab.page.evaluate(() => 'serviceWorker' in navigator);

/** Whether the browser runs a service worker of this type. */
const registers = (tab, type) =>
  tab.page.evaluate(async (type) => {
    const registration = await navigator.serviceWorker.register('/sw.js', { type }).catch(() => undefined);
    return registration !== undefined;
  }, type);

/** Calls a function of the package in the service worker. */
const askServiceWorker = async (tab, name, file, options, type = 'classic') =>
  await tab.page.evaluate(
    async (input, { name, options, type }) => {
      await navigator.serviceWorker.register('/sw.js', { type });
      const { active } = await navigator.serviceWorker.ready;
      return await new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => resolve(data);
        active.postMessage({ name, file: input?.files[0], options }, [port2]);
      });
    },
    file && (await tab.holding([file])),
    { name, options, type },
  );

/** Runs in the page. */
async function askFrame(input, { name, options }) {
  let frame = document.querySelector('iframe');
  if (!frame) {
    frame = Object.assign(document.createElement('iframe'), { src: '/frame.html' });
    frame.setAttribute('sandbox', 'allow-scripts');
    await new Promise((resolve) => {
      addEventListener('message', ({ data }) => data === 'ready' && resolve());
      document.body.append(frame);
    });
  }
  return await new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    // A frame without an origin gets the bytes of a file that was picked.
    frame.contentWindow.postMessage({ name, file: input.files[0], options }, '*', [port2]);
  });
}
