// Conversions that need an encoder: a movie whose start cannot be copied.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, suite, test } from 'node:test';
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

  test('an edit list that starts within a group of pictures', async (t) => {
    const folders = { '/mediaferry/': folder('dist'), '/tools/': folder('node_modules/mediabunny/dist/bundles') };
    const overrides = { '/': { type: 'text/html', body: '<!doctype html><title>fixes</title>' } };
    const site = await startSite(life, { folders, overrides });
    const tab = await openTab(life, await startBrowser(life), `${site.url}/`);
    const isEncodable = await tab.page.evaluate(async () => {
      const config = { codec: 'avc1.42001f', width: 640, height: 480 };
      return globalThis.VideoEncoder ? (await VideoEncoder.isConfigSupported(config)).supported : false;
    });
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
});

/** Runs in the page. */
async function fixMovie(input, rule) {
  const { defineProvider, fix, probe } = await import('/mediaferry/index.js');
  const provider = defineProvider({ rules: [rule], sign: () => ({}) });
  try {
    const videoTools = () => import('/tools/mediabunny.mjs');
    const { file, report } = await fix(input.files[0], { provider, videoTools });
    const { hasVideo, hasAudio, duration } = await probe(file);
    return { kinds: report.steps.map(({ kind }) => kind), hasVideo, hasAudio, duration };
  } catch (error) {
    return { error: String(error.cause ?? error) };
  }
}
