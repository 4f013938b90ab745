// The formats that the core does not know: a module of its own, fetched for the first file that needs it, and no sooner.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { BLANK, openTab } from './browser.mjs';
import { file, REAL, sha256 } from './fixtures.mjs';
import { choose, ended, pick } from './page.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const [PHOTO, PNG, WEBP, MOVIE] = REAL;
const OPTIONS = { provider: 'onerouter', model: 'bytedance/seedance-2.0/virtual-portrait-reference-to-video' };

/** Files of tests/fixtures/media, and what they are. */
const OTHERS = {
  'moov-last.mp4': 'video/mp4',
  'video.mov': 'video/quicktime',
  'video.3gp': 'video/3gpp',
  'sound.m4a': 'audio/mp4',
  'video.mkv': 'video/x-matroska',
  'video.webm': 'video/webm',
  'sound.webm': 'audio/webm',
  'video.wmv': 'video/x-ms-wmv',
  'video.ogv': 'video/ogg',
  'flac.oga': 'audio/ogg',
  'voice.opus': 'audio/ogg',
  'video.avi': 'video/x-msvideo',
  'metadata.flv': 'video/x-flv',
  'pcm.wav': 'audio/wav',
  'known.flac': 'audio/flac',
  'variable.mp3': 'audio/mpeg',
  'sound.aac': 'audio/aac',
  'windows.bmp': 'image/bmp',
  'little.tif': 'image/tiff',
};

/** A made file, under its own name or one that says something else. */
const made = (name, as = name) => file(as, readFileSync(new URL(`../fixtures/media/${name}`, import.meta.url)));

suite('formats on demand', () => {
  setUp();

  const open = (t) => openTab(t, browser, gateway.url + BLANK);
  const fetched = async (tab) => {
    await tab.settled();
    return tab.requests.filter(({ url }) => url.endsWith('/formats.wasm')).length;
  };

  test('a file of every format becomes an asset', async (t) => {
    const tab = await open(t);
    const uploads = Object.entries(OTHERS).map(async ([name, mime]) => {
      const given = made(name);
      const { asset, error } = await tab.upload(given, OPTIONS);
      assert.deepEqual([asset?.media.mime, asset?.sha256], [mime, given.sum], `${name}: ${error?.message}`);
      const response = await fetch(asset.url);
      assert.equal(response.headers.get('content-type'), mime);
      assert.equal(sha256(Buffer.from(await response.arrayBuffer())), given.sum);
    });
    await Promise.all(uploads);
    assert.equal(await fetched(tab), 1);
    assert.deepEqual(tab.errors, []);
  });

  test('unsupported and unknown formats are rejected', async (t) => {
    const tab = await open(t);
    const named = { 'archive.mp4': 'a ZIP archive', 'drawing.png': 'SVG' };
    for (const [name, word] of Object.entries(named)) {
      const { error } = await tab.upload(made(name), OPTIONS);
      assert.deepEqual([error.code, error.violations[0].actual], ['unrecognised_file', word]);
      assert.match(error.message, new RegExp(`^The file is ${word}\\. Supported: PNG, `));
    }
    for (const [name, word] of Object.entries({ 'picture.heic': 'HEIC', 'picture.avif': 'AVIF' })) {
      const { error } = await tab.upload(made(name), OPTIONS);
      assert.deepEqual([error.code, error.violations[0].actual], ['rejected', word]);
    }
    const { format, width, height } = await tab.call('probe', made('picture.heic'));
    assert.deepEqual([format, width, height], ['HEIC', 3024, 4032]);
    const pdf = file('paper.mp4', Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n', 'latin1'));
    assert.equal((await tab.upload(pdf, OPTIONS)).error.violations[0].actual, 'PDF');
    const noise = file('noise.bin', Buffer.alloc(700, 0xa5));
    assert.equal((await tab.upload(noise, OPTIONS)).error.violations[0].actual, null);
    assert.deepEqual(await gateway.sent(), []);
  });

  test('images do not load formats.wasm', async (t) => {
    const tab = await open(t);
    for (const given of [PHOTO, PNG, WEBP]) {
      const { asset, error } = await tab.upload(given);
      assert.equal(asset?.sha256, given.sum, error?.message);
    }
    assert.equal((await tab.call('probe', made('animated.gif'))).format, 'GIF');
    assert.equal(await fetched(tab), 0);
  });

  test('two videos load formats.wasm once, and a hash does not load it', async (t) => {
    const tab = await open(t);
    assert.equal(await tab.call('sha256', made('moov-last.mp4', 'data.bin')), made('moov-last.mp4').sum);
    assert.equal(await fetched(tab), 0);
    const videos = [MOVIE, made('video.webm')];
    const found = await Promise.all(videos.map((video) => tab.call('probe', video)));
    assert.deepEqual(
      found.map(({ format }) => format),
      ['MP4', 'WebM'],
    );
    assert.equal(await fetched(tab), 1);
  });

  test('the demo describes a file in words', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'relaydance');
    const words = {
      'moov-last.mp4': 'MP4 · 1080 × 1920 · rotated · 0:12 · H.264 + AAC',
      'constant.mp3': 'MP3 · about 0.26\u00a0sec',
    };
    for (const [name, what] of Object.entries(words)) {
      await pick(tab, [made(name)]);
      let card = await ended(tab, name);
      assert.equal(card.state, 'succeeded', card.words);
      // The script with the words is loaded on demand.
      for (const end = Date.now() + 5_000; !card.words.includes(what) && Date.now() < end; )
        card = await ended(tab, name);
      assert.ok(card.words.includes(what), card.words);
    }
    assert.equal(await fetched(tab), 1);
    assert.deepEqual(tab.errors, []);
  });

  test('a video with the name of an image loads formats.wasm', async (t) => {
    const tab = await open(t);
    const { format, mismatch, hasAudio } = await tab.call('probe', made('video.mov', 'holiday.png'));
    assert.deepEqual([format, mismatch, hasAudio], ['QuickTime', true, true]);
  });

  for (const worker of [undefined, false]) {
    const where = worker === false ? 'without a worker' : 'in the worker';
    for (const [how, answer] of Object.entries({ 'a 404': '/nowhere', 'no line': 'http://127.0.0.1:1/' })) {
      test(`${how} fails the upload, and the next file loads it: ${where}`, async (t) => {
        const tab = await open(t);
        await tab.page.evaluate(breakFormats, answer);
        // What the page names has no copy to fall back on.
        const init = { worker, formats: '/mediaferry/formats.wasm' };
        for (const given of [made('video.mkv'), made('video.mkv', 'video.png')]) {
          const { error } = await tab.upload(given, { ...OPTIONS, init });
          // Of a file that is not there, the page must say where it is; a connection may be better the next time.
          const expected =
            how === 'a 404'
              ? ['SetupError', 'wasm_missing', undefined, undefined, undefined]
              : ['UploadError', 'network', 'inspect', true, false];
          assert.deepEqual([error.name, error.code, error.stage, error.retryable, error.outcomeUnknown], expected);
        }
        const { error: checked } = await tab.call('check', made('video.mkv'));
        assert.equal(checked.code, how === 'a 404' ? 'wasm_missing' : 'network');
        assert.equal((await tab.upload(PHOTO)).asset?.sha256, PHOTO.sum, 'a picture needs nothing more');
        await tab.page.evaluate(() => globalThis.mendFormats());
        const { asset, error } = await tab.upload(made('video.mkv'), { ...OPTIONS, init });
        assert.equal(asset?.media.format, 'Matroska', error?.message);
      });
    }
  }

  test('an inlined copy replaces formats.wasm if it cannot be loaded', async (t) => {
    const tab = await open(t);
    await tab.page.evaluate(breakFormats, '/nowhere');
    const { asset, error } = await tab.upload(made('video.mkv'), OPTIONS);
    assert.equal(asset?.media.format, 'Matroska', error?.message);
    assert.equal(await fetched(tab), 0);
  });

  test('formats.wasm may be loaded from another URL, or passed as a module', async (t) => {
    const tab = await open(t);
    const format = await tab.page.evaluate(
      async (bytes) => {
        const { init, probe } = await import('/mediaferry/index.js');
        const from = await fetch('/mediaferry/formats.wasm');
        await init({ formats: await WebAssembly.compile(await from.arrayBuffer()) });
        return (await probe(new Blob([new Uint8Array(bytes)]))).format;
      },
      [...made('windows.bmp').bytes],
    );
    assert.equal(format, 'BMP');
    assert.equal(await fetched(tab), 1);
  });
});

/** Runs in the page: from now on what asks for the module gets this answer, until it is mended. */
function breakFormats(answer) {
  const real = globalThis.fetch;
  globalThis.fetch = (url, init) => real(String(url).endsWith('/formats.wasm') ? answer : url, init);
  globalThis.mendFormats = () => {
    globalThis.fetch = real;
  };
}
