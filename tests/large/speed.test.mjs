// How fast and how small uploads in parts are. Only with LARGE=all. LARGE_MIB is the size of the file over the link: 128 by
// default, because Uppy takes 7 minutes for 1,024.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { filesOf } from '../../benches/node/files.mjs';
import { bytesOfDescendants } from '../../benches/node/processes.mjs';
import { startServer } from '../../benches/node/server.mjs';
import { startBrowser } from '../e2e/browser.mjs';
import { lifetime } from '../e2e/lifetime.mjs';
import { Bench, bundlePages } from './harness.mjs';
import { isWhole, note } from './scenario.mjs';
import { STORES } from './stores.mjs';

const MIB = 1 << 20;
const PART = 8 * MIB;
const LINK_MIB = Number(process.env.LARGE_MIB || 128);
const FASTER = 3;
const MEMORY_BYTES = 2048 * MIB;
const MAX_GROWTH = 64 * MIB;

suite('large files at full size', { skip: !isWhole }, () => {
  const life = lifetime({ after });
  let common;

  before(async () => {
    const [{ variables, pids }, pages] = [await STORES.embedded.start(life), await bundlePages(life)];
    const env = { MEDIAFERRY_STAGING_MAX_BYTES: String(MEMORY_BYTES) };
    common = { variables, pages, pids, partBytes: PART, env };
  });

  test('A1: over a link that limits each connection', async (t) => {
    const [path] = filesOf(1, LINK_MIB * MIB);
    const millis = {};
    for (const contender of ['mediaferry', 'uppy']) {
      const own = lifetime(t);
      const through = async (wire) => (await startServer(own, {}, new URL(wire).host)).capped;
      const browser = await startBrowser(own);
      const bench = await Bench.start(own, { ...common, browser, contender, through });
      const tab = await bench.open(own, contender === 'uppy' ? {} : { isOwn: true });
      await bench.give(tab, path);
      const result = await bench.end(tab, LINK_MIB);
      assert.equal(result.error, undefined, JSON.stringify(result));
      const expected = await sumOf(path);
      assert.equal(await bench.object(expected), 'right', JSON.stringify(result));
      millis[contender] = result.millis;
    }
    const ratio = millis.uppy / millis.mediaferry;
    const row = { scenario: 'A1', store: 'embedded' };
    const figure = (contender) => `${LINK_MIB} MiB in ${(millis[contender] / 1000).toFixed(1)} s`;
    note(t, { ...row, contender: 'uppy' }, figure('uppy'));
    note(t, { ...row, contender: 'mediaferry' }, `${figure('mediaferry')}: ${ratio.toFixed(1)} times as fast`);
    assert.ok(ratio >= FASTER, `${ratio} × as fast as Uppy`);
  });

  test('2 GiB need no more memory than small files', async (t) => {
    const own = lifetime(t);
    const path = await largeMovie(own, MEMORY_BYTES);
    const through = () => common.variables.MEDIAFERRY_S3_ENDPOINT;
    const browser = await startBrowser(own, { isDirect: true, networkEnabled: false });
    const bench = await Bench.start(own, { ...common, browser, contender: 'mediaferry', through });
    const tab = await bench.open(own, { isOwn: true, resume: false });
    // The code is loaded, the file is not.
    await bench.give(tab, filesOf(1, 3 * PART)[0]);
    await bench.end(tab);
    const except = [...common.pids, bench.gateway.pid];
    const before = bytesOfDescendants(except);
    let most = before;
    const timer = setInterval(() => {
      most = Math.max(most, bytesOfDescendants(except));
    }, 25);
    await bench.give(tab, path);
    const result = await bench.end(tab, 500);
    clearInterval(timer);
    const growth = most - before;
    const figure = `${(growth / MIB).toFixed(0)} MiB, longest task ${result.longestTask.toFixed(0)} ms`;
    note(t, { scenario: 'memory', store: 'embedded', contender: 'mediaferry' }, figure);
    assert.equal(result.sha256, await sumOf(path), JSON.stringify(result));
    assert.ok(growth <= MAX_GROWTH, `${growth / MIB} MiB`);
  });
});

/** A movie of a size that one buffer cannot have. Each part has its own bytes. */
async function largeMovie(life, bytes) {
  const folder = await mkdtemp(join(tmpdir(), 'mediaferry-large-'));
  life.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'large.mp4');
  const [small] = filesOf(1, 3 * PART);
  const head = await readFile(small);
  const content = head.lastIndexOf('mdat', 1 * MIB, 'latin1') - 4;
  head.writeUInt32BE(bytes - content, content);
  const file = await open(path, 'w');
  await file.write(head);
  await file.truncate(bytes);
  for (let at = head.length; at < bytes; at += MIB) await file.write(Buffer.from(`${at}`), 0, undefined, at);
  await file.close();
  return path;
}

async function sumOf(path) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
