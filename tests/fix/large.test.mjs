// A movie of 2 GiB, picked from disk: its index moves to the front as a splice, which holds nothing of its media in memory.
// mediabunny does the same beside it. The table is in docs/fix.md.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { must } from '../../scripts/lib/run.mjs';
import { which } from '../../scripts/lib/which.mjs';
import { openTab, startBrowser } from '../e2e/browser.mjs';
import { lifetime } from '../e2e/lifetime.mjs';
import { startSite } from '../e2e/site.mjs';
import { writeSparseMovie } from './sparse-movie.mjs';
import { writeMovieTable } from './table.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const BYTES = 2 ** 31;
const MIB = 2 ** 20;
const skip =
  (process.env.BROWSER || 'chromium') !== 'chromium' ? 'Chromium alone' : !which('ffmpeg') && 'there is no ffmpeg';

test('a QuickTime movie of 2 GiB becomes MP4', { skip }, async (t) => {
  const life = lifetime(t);
  const folder = mkdtempSync(join(tmpdir(), 'mediaferry-movie-'));
  life.after(() => rmSync(folder, { recursive: true, force: true }));
  const [small, large] = ['small.mov', 'large.mov'].map((name) => join(folder, name));
  const sources = ['testsrc=size=640x360:rate=30', 'sine=frequency=440'].flatMap((source) => [
    '-f',
    'lavfi',
    '-i',
    source,
  ]);
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  await must(['ffmpeg', '-v', 'error', ...sources, '-t', '20', ...codecs, small]);
  const media = writeSparseMovie(small, large, BYTES);
  assert.ok(statSync(large).size > BYTES - 10 * MIB);

  const site = await startSite(life, {
    folders: {
      '/mediaferry/': join(root, 'dist'),
      '/tools/': join(root, 'node_modules/mediabunny/dist/bundles'),
    },
    overrides: { '/': { type: 'text/html', body: '<!doctype html><title>a large movie</title>' } },
  });
  const measure = async (work, check) => {
    const browser = await startBrowser(life);
    const tab = await openTab(life, browser, `${site.url}/`);
    const input = await tab.holdingPaths([small, large]);
    // Scripts and modules are loaded by the small one.
    await tab.page.evaluate(work, input, 0);
    const memory = watchMemory(browser.process().pid);
    const result = await tab.page.evaluate(work, input, 1);
    const all = { ...result, memory: await memory.end() };
    return check ? { ...all, ...(await tab.page.evaluate(check, input, media)) } : all;
  };

  const ours = await measure(spliceMovie, checkMovie);
  assert.deepEqual(
    [ours.steps, ours.name, ours.type, ours.boxes],
    [[['remux', true]], 'large.mp4', 'video/mp4', ['ftyp', 'moov']],
  );
  assert.deepEqual([ours.isSame, Math.round(ours.duration)], [true, 20]);
  assert.ok(ours.size > BYTES - 10 * MIB, `${ours.size} bytes`);
  const theirs = await measure(convertMovie);
  assert.ok(theirs.error || theirs.size > BYTES - 10 * MIB, `${theirs.size} bytes`);
  for (const { millis, memory, error } of [ours, theirs])
    t.diagnostic(`${Math.round(millis)} ms, ${Math.round(memory / MIB)} MiB more ${error ?? ''}`);
  assert.ok(ours.memory <= 32 * MIB, `${Math.round(ours.memory / MIB)} MiB`);
  if (!process.env.FIX_EVERY) writeMovieTable({ ours, theirs });
});

/** Runs in the page. */
async function spliceMovie(input, at) {
  const { defineProvider, fix } = await import('/mediaferry/index.js');
  const provider = defineProvider({ rules: [{ mimes: ['video/mp4'] }], sign: () => new Promise(() => {}) });
  const start = performance.now();
  const { file, report } = await fix(input.files[at], { provider });
  const millis = performance.now() - start;
  globalThis.fixed = file;
  const steps = report.steps.map(({ kind, lossless }) => [kind, lossless]);
  return { millis, size: file.size, name: file.name, type: file.type, steps };
}

/** Runs in the page. Reads the head of the new file, plays it, and compares its samples with those of the original. */
async function checkMovie(input, { end, samples }) {
  const source = input.files[1];
  const file = globalThis.fixed;
  const head = new DataView(await file.slice(0, 64).arrayBuffer());
  const name = (offset) => String.fromCharCode(...[4, 5, 6, 7].map((index) => head.getUint8(offset + index)));
  const video = Object.assign(document.createElement('video'), { src: URL.createObjectURL(file) });
  await new Promise((resolve, reject) => Object.assign(video, { onloadedmetadata: resolve, onerror: reject }));
  // The media data is at the end of the new file.
  const moved = file.size - end;
  const bytesAt = async (blob, offset, size) => new Uint8Array(await blob.slice(offset, offset + size).arrayBuffer());
  let isSame = true;
  for (const [offset, size] of samples) {
    const before = await bytesAt(source, offset, size);
    const after = await bytesAt(file, offset + moved, size);
    isSame &&= before.length === after.length && before.every((byte, index) => byte === after[index]);
  }
  return { boxes: [name(0), name(head.getUint32(0))], duration: video.duration, isSame };
}

/** Runs in the page: the same by mediabunny, as `js/fix/convert.ts` calls it. */
async function convertMovie(input, at) {
  const start = performance.now();
  try {
    const { ALL_FORMATS, BlobSource, BufferTarget, Conversion, Input, Mp4OutputFormat, Output } = await import(
      '/tools/mediabunny.mjs'
    );
    const target = new BufferTarget();
    const conversion = await Conversion.init({
      input: new Input({ source: new BlobSource(input.files[at]), formats: ALL_FORMATS }),
      output: new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target }),
      tracks: 'primary',
      showWarnings: false,
    });
    await conversion.execute();
    return { millis: performance.now() - start, size: target.buffer.byteLength };
  } catch (error) {
    return { millis: performance.now() - start, error: `${error}` };
  }
}

/** Watches how much more memory a process and its children take. `end()` returns the most, in bytes. */
function watchMemory(pid) {
  const before = memoryOf(pid);
  let most = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      most = Math.max(most, memoryOf(pid) - before);
      await sleep(20);
    }
  })();
  return {
    end: async () => {
      isOver = true;
      await watching;
      return most;
    },
  };
}

/** The bytes that belong to a process and its children: shared ones in part. */
function memoryOf(pid) {
  const parents = new Map();
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      // The name of the program may contain anything but a bracket behind it.
      parents.set(
        id,
        readFileSync(`/proc/${id}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')[1],
      );
    } catch {
      // It has ended.
    }
  }
  const isOurs = (id) => id === String(pid) || (parents.has(id) && isOurs(parents.get(id)));
  const sizes = [...parents.keys()].filter(isOurs).map((id) => {
    try {
      return Number(/^Pss: +(\d+) kB/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024;
    } catch {
      return 0;
    }
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}
