// Every real JPEG, PNG, WebP and MP4 of a media corpus, if there is one (`MEDIAFERRY_CORPUS`): sent or refused as its facts say.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { BLANK, openTab, startBrowser } from './browser.mjs';
import { startGateway } from './gateway.mjs';
import { lifetime } from './lifetime.mjs';

const named = process.env.MEDIAFERRY_CORPUS;
const corpus = named ? pathToFileURL(`${named}/`) : new URL('../../../shared/media/', import.meta.url);
const TYPES = ['image/jpeg', 'image/png', 'image/webp', 'video/mp4'];
const manifest = new URL('manifest.json', corpus);

// Not skipped but absent elsewhere: the four files of tests/fixtures/e2e are what every checkout has.
if (existsSync(manifest)) {
  test('the corpus by ModelHunter: each file becomes an asset or is rejected for the rules that it violates', async (t) => {
    const life = lifetime(t);
    const gateway = await startGateway(life);
    const tab = await openTab(life, await startBrowser(life), gateway.url + BLANK);
    const { files } = JSON.parse(readFileSync(manifest));
    const chosen = files.filter((facts) => facts.class === 'ok' && TYPES.includes(facts.mime));
    assert.ok(chosen.length > 60);
    let sent = 0;
    for (const facts of chosen) {
      const bytes = readFileSync(new URL(facts.path, corpus));
      const { asset, error } = await tab.upload({ name: facts.path.split('/').at(-1), bytes });
      // Some files were shortened by those who made them; the manifest does not say which.
      const rules = (error?.violations ?? []).map(({ rule }) => rule).filter((rule) => rule !== 'complete');
      // An estimated running time breaks no rule: it would be a false refusal as often as a right one.
      const expected = asset?.media.estimated.includes('duration') ? [] : broken(facts);
      assert.deepEqual(rules, expected, `${facts.path}: ${error?.message}`);
      if (!asset) continue;
      sent += 1;
      assert.deepEqual(
        [asset.sha256, asset.media.mime, asset.raw.data.size_bytes],
        [facts.sha256, facts.mime, facts.size],
      );
      assert.equal((await fetch(asset.url)).headers.get('content-type'), facts.mime);
    }
    assert.ok(sent > 40, `${sent} sent`);
    assert.equal((await gateway.sent()).filter((line) => line.startsWith('storage PUT')).length, sent);
  });
}

/** The limits of ModelHunter's page, from the manifest's facts. */
function broken({ mime, width, height, duration, orientation }) {
  if (mime === 'video/mp4') return [duration < 1 && 'min_duration', duration > 600 && 'max_duration'].filter(Boolean);
  const [across, down] = (orientation ?? 1) >= 5 ? [height, width] : [width, height];
  return [
    across < 128 && 'min_width',
    down < 128 && 'min_height',
    Math.max(across, down) > 4 * Math.min(across, down) && 'max_aspect_ratio',
  ].filter(Boolean);
}
