// The packed package in every bundler and under every policy: a real upload by the gateway ends, without configuration.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { startBrowser } from '../e2e/engine.mjs';
import { startGateway } from '../e2e/gateway.mjs';
import { lifetime } from '../e2e/lifetime.mjs';
import { startSite } from '../e2e/site.mjs';
import { CONSUMERS, PAGES } from './consumers.mjs';
import { consumer, install, page, writeApp } from './install.mjs';
import { pack, run, serve, temporaryFolder } from './tools.mjs';
import { visit } from './visit.mjs';

const isWanted = ({ fast }) => fast || process.env.CONSUMERS === 'all';

/** The loader waits five seconds for a worker that is silent: a refused one must not be. */
const TOLD_MILLIS = 4_500;

const life = lifetime({ after });
let browser;
let tarball;

before(async () => {
  ({ tarball } = await pack(temporaryFolder(life)));
  browser = await startBrowser(life);
});

suite('with a bundler', () => {
  // Rows that differ only in how they build share what npm has installed.
  const folders = new Map();

  for (const [name, row] of Object.entries(CONSUMERS).filter(([, row]) => isWanted(row))) {
    test(name, async (t) => {
      const inTest = lifetime(t);
      const folder = await folderFor(row);
      writeApp(folder, row);
      for (const old of ['dist', '.next']) rmSync(join(folder, old), { recursive: true, force: true });
      const tool = ([program, ...args]) => [join(folder, 'node_modules', '.bin', program), ...args];
      if (row.build) await run(tool(row.build), folder);
      const { url } = row.serve
        ? await serve(inTest, tool(row.serve), folder)
        : await startSite(inTest, { folders: { '/': join(folder, row.site ?? '') } });
      await checkUpload(inTest, url, row);
    });
  }

  async function folderFor(row) {
    const key = JSON.stringify(row.install);
    if (!folders.has(key)) folders.set(key, temporaryFolder(life));
    const folder = folders.get(key);
    await install(folder, { tarball, ...row });
    return folder;
  }
});

suite('without a bundler', () => {
  let folder;
  before(async () => {
    folder = temporaryFolder(life);
    await install(folder, { tarball });
  });

  for (const [name, row] of Object.entries(PAGES)) {
    test(name, async (t) => {
      const inTest = lifetime(t);
      const dist = { '/mediaferry/': join(folder, 'node_modules', 'mediaferry', 'dist') };
      const cors = { 'access-control-allow-origin': '*' };
      const cdn =
        row.cdn && (await startSite(inTest, { folders: dist, headers: cors })).url.replace('127.0.0.1', 'localhost');
      const headers = { ...row.headers };
      for (const name of Object.keys(headers)) headers[name] = headers[name].replace('CDN', cdn);
      const script = (body) => ({ type: 'text/javascript', body });
      const { url } = await startSite(inTest, {
        folders: { ...dist, '/app/': new URL('app/', import.meta.url).pathname },
        headers,
        answers: {
          '/': { type: 'text/html', body: page('/app/main.js') },
          '/app/consumer.js': script(consumer(`${cdn ?? ''}/mediaferry/${row.entry ?? 'index'}.js`)),
        },
      });
      const { millis } = await checkUpload(inTest, url, row);
      assert.ok(millis < TOLD_MILLIS, `it took ${millis} ms`);
    });
  }
});

/** Visits a page and compares what the sandbox holds with what the page says it has sent. */
async function checkUpload(life, url, { uses, error }) {
  const gateway = await startGateway(life, { args: ['--allow-origin', url] });
  const result = await visit(life, browser, `${url}/?gateway=${gateway.url}`);
  const said = result.said.join('\n');
  if (error) {
    assert.deepEqual({ name: result.error?.name, code: result.error?.code }, error, said);
    return result;
  }
  assert.equal(result.error, undefined, `${result.error?.message}\n${said}`);
  const held = Buffer.from(await (await fetch(result.ref)).arrayBuffer());
  assert.ok(held.length > 0);
  assert.equal(createHash('sha256').update(held).digest('hex'), result.sha256);
  assert.deepEqual({ wasm: result.wasm, worker: result.worker }, uses, said);
  return result;
}
