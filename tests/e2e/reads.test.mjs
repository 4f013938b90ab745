// How much the package reads to find out what a file is: counts in its worker, with both modules at work.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BLANK, openTab } from './browser.mjs';
import { probeEach, startCounting } from './counting-worker.mjs';
import { clusters, fragments } from './long-recordings.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const KIB = 1024;
const fixtures = fileURLToPath(new URL('../fixtures/media/', import.meta.url));
const corpus = process.env.MEDIAFERRY_CORPUS;

/** The media in some folders, by their paths. */
const filesOf = (...folders) =>
  folders.flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => !name.endsWith('.mjs'))
          .map((name) => join(folder, name))
      : [],
  );

suite('what a look reads', () => {
  setUp();

  const probes = async (t, paths) => {
    const tab = await openTab(t, browser, gateway.url + BLANK);
    await tab.page.evaluate(startCounting);
    return await tab.page.evaluate(probeEach, await tab.holdingPaths(typeof paths === 'function' ? paths(tab) : paths));
  };

  test('an ordinary file takes three ranges and 192 KiB at most', async (t) => {
    const all = await probes(t, filesOf(fixtures, ...(corpus ? [join(corpus, 'gen'), join(corpus, 'wild')] : [])));
    assert.ok(all.length > 150, `${all.length} files`);
    const over = all.filter(({ reads, bytes }) => reads < 1 || reads > 3 || bytes > 192 * KIB);
    assert.deepEqual(over, []);
    // What one module has read is not read again for the other.
    const videos = all.filter(({ name, media }) => name.endsWith('.mp4') && media.bytes < 64 * KIB);
    assert.ok(videos.length > 20, `${videos.length} videos`);
    assert.deepEqual(new Set(videos.map(({ reads }) => reads)), new Set([1]));
  });

  test('so does a long recording without an index, unless its pieces are longer than 64 KiB', async (t) => {
    const recordings = [
      ['pieces.mp4', fragments(500, 20_000), 'MP4', 500, 2],
      ['table.mp4', fragments(40, 300_000, true), 'MP4', 40, 3],
      ['live.webm', clusters(100, 40_000), 'WebM', 99.5, 2],
      ['long.mp4', fragments(40, 300_000), 'MP4', 40, 5],
      ['long.webm', clusters(40, 300_000), 'WebM', 39.5, 5],
    ];
    const all = await probes(t, (tab) => tab.save(recordings.map(([name, bytes]) => ({ name, bytes }))));
    const expected = recordings.map(([name, , format, duration, reads]) => [name, format, duration, reads]);
    const found = all.map(({ name, media, reads }) => [name, media.format, media.duration, reads]);
    assert.deepEqual(found, expected);
    for (const { name, reads, bytes } of all) assert.ok(bytes <= (reads > 3 ? 1100 : 192) * KIB, `${name}: ${bytes}`);
  });
});
