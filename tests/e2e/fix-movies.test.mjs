// Conversions that need an encoder: a movie whose start cannot be copied, and one whose pixels are not square.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openTab, startBrowser } from './browser.mjs';
import { file } from './fixtures.mjs';
import { lifetime } from './lifetime.mjs';
import { startSite } from './site.mjs';

const root = new URL('../../', import.meta.url);
const folder = (path) => fileURLToPath(new URL(path, root));

suite('fixes of movies', () => {
  const life = lifetime({ after });
  const EDIT = file('edit.mov', readFileSync(new URL('tests/fixtures/fix/edit.mov', root)));

  const WIDE = file('wide.mp4', withPixels(readFileSync(new URL('tests/fixtures/e2e/bt601.mp4', root)), 3, 2));
  let tab;
  let isEncodable;

  before(async () => {
    const folders = { '/mediaferry/': folder('dist'), '/tools/': folder('node_modules/mediabunny/dist/bundles') };
    const overrides = { '/': { type: 'text/html', body: '<!doctype html><title>fixes</title>' } };
    const site = await startSite(life, { folders, overrides });
    tab = await openTab(life, await startBrowser(life), `${site.url}/`);
    isEncodable = await tab.page.evaluate(async () => {
      const config = { codec: 'avc1.42001f', width: 640, height: 480 };
      return globalThis.VideoEncoder ? (await VideoEncoder.isConfigSupported(config)).supported : false;
    });
  });

  test('an edit list that starts within a group of pictures', async (t) => {
    if (!isEncodable) return t.skip('this browser does not encode H.264');
    const input = await tab.holding([EDIT]);
    for (const [rule, kind, duration] of [
      [{ mimes: ['video/x-matroska'] }, 'remux', 2.5],
      [{ maxDuration: 1.5 }, 'trim', 1.5],
    ]) {
      const found = await tab.page.evaluate(fixMovie, input, rule);
      assert.deepEqual(found.kinds, [kind, 'transcode'], found.error);
      assert.ok(found.hasVideo && found.hasAudio && Math.abs(found.duration - duration) < 0.3, JSON.stringify(found));
    }
  });

  test('pixels that are not square keep the shape of the picture', async (t) => {
    if (!isEncodable) return t.skip('this browser does not encode H.264');
    const input = await tab.holding([WIDE]);
    const { kinds, width, height, error } = await tab.page.evaluate(fixMovie, input, { minWidth: 480 });
    assert.deepEqual(kinds, ['upscale', 'transcode'], error);
    assert.deepEqual([width, height], [720, 320]);
  });
});

/** The movie of square pixels with others: the sides are in this proportion. */
function withPixels(movie, across, down) {
  const at = movie.indexOf('pasp', 'latin1') + 4;
  movie.writeUInt32BE(across, at);
  movie.writeUInt32BE(down, at + 4);
  return movie;
}

/** Runs in the page. */
async function fixMovie(input, rule) {
  const { defineProvider, fix, probe } = await import('/mediaferry/index.js');
  const provider = defineProvider({ rules: [rule], sign: () => ({}) });
  try {
    const videoTools = () => import('/tools/mediabunny.mjs');
    const allow = ['remux', 'trim', 'transcode', 'upscale'];
    const { file, report } = await fix(input.files[0], { provider, videoTools, allow });
    const { hasVideo, hasAudio, duration, width, height } = await probe(file);
    return { kinds: report.steps.map(({ kind }) => kind), hasVideo, hasAudio, duration, width, height };
  } catch (error) {
    return { error: String(error.cause ?? error) };
  }
}
