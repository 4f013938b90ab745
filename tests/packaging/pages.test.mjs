// The packed package on pages without a bundler: each entry, another origin, content policies; and what Node makes of it.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startBrowser } from '../e2e/engine.mjs';
import { lifetime } from '../e2e/lifetime.mjs';
import { startSite } from '../e2e/site.mjs';
import { PAGES } from './consumers.mjs';
import { consumer, install, page } from './install.mjs';
import { pack, run, temporaryFolder } from './tools.mjs';
import { checkUpload } from './upload.mjs';

const APP = fileURLToPath(new URL('app/', import.meta.url));

/** The loader waits five seconds for a worker that is silent: a refused one must not be. */
const TOLD_MILLIS = 4_500;

suite('without a bundler', () => {
  const life = lifetime({ after });
  let browser;
  let folder;

  before(async () => {
    const { tarball } = await pack(temporaryFolder(life));
    folder = await install(temporaryFolder(life), tarball);
    browser = await startBrowser(life);
  });

  for (const [name, row] of Object.entries(PAGES)) {
    test(name, async (t) => {
      const inTest = lifetime(t);
      const url = await startPage(inTest, row);
      // A policy that refuses something is reported in the console.
      const { millis } = await checkUpload(inTest, browser, url, { ...row, isQuiet: !row.policy });
      assert.ok(millis < TOLD_MILLIS, `it took ${millis} ms`);
    });
  }

  for (const name of ['mediaferry', 'mediaferry/inline']) {
    test(`Node, ${name}: no DOM and no configured core`, async () => {
      const script = `
        import { providers, sha256 } from '${name}';
        console.log(await sha256(new Blob(['abc'])), (await providers()).length);`;
      const printed = await run([process.execPath, '--input-type=module', '--eval', script], folder);
      assert.match(printed, /^ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad [1-9]/);
    });
  }

  async function startPage(life, { entry = 'index', cdn, policy }) {
    const folders = { '/mediaferry/': join(folder, 'node_modules', 'mediaferry', 'dist') };
    const other = cdn ? await startCdn(life, folders) : '';
    const headers = policy && { 'content-security-policy': policy.replace('CDN', other) };
    const body = consumer(`${other}/mediaferry/${entry}.js`);
    const overrides = {
      '/': { type: 'text/html', body: page('/app/main.js') },
      '/app/consumer.js': { type: 'text/javascript', body },
    };
    return (await startSite(life, { folders: { ...folders, '/app/': APP }, headers, overrides })).url;
  }

  /** Under another host name, so that a policy can distinguish the two. */
  async function startCdn(life, folders) {
    const { url } = await startSite(life, { folders, headers: { 'access-control-allow-origin': '*' } });
    return url.replace('127.0.0.1', 'localhost');
  }
});
