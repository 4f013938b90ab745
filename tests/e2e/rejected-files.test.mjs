// Files that ModelHunter rejects: the page shows each violated limit with its numbers, and nothing is sent.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openTab } from './browser.mjs';
import { cutJpeg, file, mp4, png, REAL, sha256 } from './fixtures.mjs';
import { choose, drop, ended, pick } from './page.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const [, PNG] = REAL;
const TEXT = Buffer.from('Dear reader, this is no picture.\n'.repeat(40));

/** What is dropped, and the code, the rules and the words that its card must have. */
const REFUSED = [
  ['zero bytes', 'empty.png', () => Buffer.alloc(0), 'rejected', ['min_bytes'], /empty/i],
  ['text named .png', 'letter.png', () => TEXT, 'unrecognised_file', ['format'], /text\. .*png.*webp.*mp4/is],
  ['127×128', 'narrow.png', () => png(127, 128), 'rejected', ['min_width'], /127\b.*\b128/s],
  ['128×127', 'low.png', () => png(128, 127), 'rejected', ['min_height'], /127\b.*\b128/s],
  ['513×128', 'wide.png', () => png(513, 128), 'rejected', ['max_aspect_ratio'], /4\.008\b.*\b4:1/s],
  ['128×513', 'high.png', () => png(128, 513), 'rejected', ['max_aspect_ratio'], /4\.008\b.*\b4:1/s],
  ['50 MB + 1 byte', 'big.png', () => png(600, 400, 50_000_001), 'rejected', ['max_bytes'], /50,000,001.*50,000,000/s],
  ['a truncated JPEG', 'cut.jpg', cutJpeg, 'rejected', ['complete'], /incomplete/i],
  ['an MP4 of 601 s', 'long.mp4', () => mp4(601), 'rejected', ['max_duration'], /601 s\b.*\b600 s/s],
  [
    'all of it at once',
    'bad.png',
    () => png(127, 20, 50_000_001),
    'rejected',
    ['max_bytes', 'min_width', 'min_height', 'max_aspect_ratio'],
    /50,000,001.*127.*20.*6\.35/s,
  ],
];

/** Right at a limit, or odd but good. */
const TAKEN = [
  ['a PNG named .jpg', 'photo.jpg', () => PNG.bytes, 'image/png', true],
  ['128×128', 'small.png', () => png(128, 128), 'image/png', false],
  ['512×128', 'banner.png', () => png(512, 128), 'image/png', false],
  ['50 MB to the byte', 'full.png', () => png(600, 400, 50_000_000), 'image/png', false],
  ['an MP4 of 600 s', 'video.mp4', () => mp4(600), 'video/mp4', false],
];

suite('bad input', () => {
  setUp();

  for (const [title, name, make, code, rules, words] of REFUSED) {
    test(`${title} is rejected, and nothing is sent`, async (t) => {
      const tab = await openTab(t, browser, gateway.url);
      await choose(tab, 'modelhunter');
      await drop(tab, [file(name, make())]);
      const card = await ended(tab, name);
      assert.deepEqual([card.state, card.code, card.rules], ['failed', code, rules], card.words);
      assert.match(card.words, words);
      assert.doesNotMatch(card.words, /undefined|null|NaN|\[object|min_|max_/);
      assert.equal(card.ref, null);
      assert.deepEqual(await gateway.sent(), []);
      assert.deepEqual([tab.sent('POST'), tab.sent('PUT'), tab.errors], [[], [], []]);
    });
  }

  for (const [title, name, make, type, mismatch] of TAKEN) {
    test(`${title} is accepted as ${type}`, async (t) => {
      const given = file(name, make());
      const tab = await openTab(t, browser, gateway.url);
      await choose(tab, 'modelhunter');
      await pick(tab, [given]);
      const card = await ended(tab, name);
      assert.deepEqual([card.state, card.mismatch, card.sha256], ['succeeded', mismatch, given.sum], card.words);
      const [put] = tab.sent('PUT');
      assert.equal(put.headers['content-type'], type);
      const response = await fetch(card.ref);
      assert.equal(response.headers.get('content-type'), type);
      assert.equal(sha256(Buffer.from(await response.arrayBuffer())), given.sum);
    });
  }

  test('a rejected file does not affect others', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'modelhunter');
    await drop(tab, [PNG, file('letter.png', TEXT), REAL[0]]);
    const cards = await Promise.all([PNG.name, 'letter.png', REAL[0].name].map((name) => ended(tab, name)));
    assert.deepEqual(
      cards.map(({ state }) => state),
      ['succeeded', 'failed', 'succeeded'],
    );
    assert.equal((await gateway.sent()).length, 6);
  });
});
