// Uploads with the options `fix` and `privacy`, and what `fix()` makes of large, damaged and unlucky files.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { BLANK, openTab } from './browser.mjs';
import { hasPages } from './engine.mjs';
import { bitmap, gif, largeJpeg, withLocation } from './fix-files.mjs';
import { file, REAL, sha256 } from './fixtures.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const [PHOTO, PNG] = REAL;
const BITMAP = file('windows.bmp', bitmap(200, 160));
const made = (name) => file(name, readFileSync(new URL(`../fixtures/media/${name}`, import.meta.url)));

suite('fixes', () => {
  setUp();
  const open = (t) => openTab(t, browser, gateway.url + BLANK);

  test('a bitmap is uploaded as JPEG, in one progress', async (t) => {
    const tab = await open(t);
    const { asset, error, stages, progress } = await tab.upload(BITMAP, { fix: true });
    assert.equal(error, undefined, error?.message);
    assert.deepEqual(stages.slice(0, 3), ['inspect', 'fix', 'inspect']);
    assert.deepEqual([asset.media.format, asset.media.name, asset.media.mismatch], ['JPEG', 'windows.jpg', false]);
    assert.deepEqual([asset.sourceSha256, asset.sha256 === BITMAP.sum], [BITMAP.sum, false]);
    assert.deepEqual(
      asset.fixes.map(({ kind, reason, lossless }) => [kind, reason, lossless]),
      [['convert', 'format', false]],
    );
    assert.equal(asset.fixes[0].to.bytes, asset.media.bytes);
    const stored = Buffer.from(await (await fetch(asset.url)).arrayBuffer());
    assert.equal(sha256(stored), asset.sha256);
    const fractions = progress.map(({ fraction }) => fraction);
    assert.deepEqual(
      fractions,
      [...fractions].sort((a, b) => a - b),
    );
    assert.ok(fractions.some((fraction) => fraction > 0 && fraction <= 0.2) && fractions.at(-1) === 1);
  });

  test('without the option, the same file is rejected, and the reason is the same if no step is allowed', async (t) => {
    const tab = await open(t);
    const plain = await tab.upload(BITMAP);
    const none = await tab.upload(BITMAP, { fix: { allow: [] } });
    assert.deepEqual([plain.error.stage, none.error.stage], ['inspect', 'fix']);
    assert.deepEqual(none.error.violations, plain.error.violations);
    assert.equal(none.error.message, plain.error.message);
    assert.deepEqual(await gateway.sent(), []);
  });

  test('a file that is fine is sent as it is', async (t) => {
    const tab = await open(t);
    const { asset } = await tab.upload(PHOTO, { fix: true });
    assert.deepEqual([asset.sha256, asset.fixes, asset.sourceSha256], [PHOTO.sum, undefined, undefined]);
  });

  test('a location is reported, and removed if that is asked for', async (t) => {
    const tab = await open(t);
    const photo = file('place.jpg', withLocation(PHOTO.bytes));
    const plain = await tab.upload(photo);
    assert.deepEqual(
      [plain.asset.media.hasLocation, plain.warnings.map(({ rule }) => rule), plain.asset.sha256],
      [true, ['location'], photo.sum],
    );
    const { asset, warnings, error } = await tab.upload(photo, { privacy: 'strip-location' });
    assert.equal(error, undefined, error?.message);
    assert.deepEqual([asset.media.hasLocation, warnings, asset.sourceSha256], [false, [], photo.sum]);
    assert.deepEqual(
      asset.fixes.map(({ kind, reason, loses, lossless }) => [kind, reason, loses, lossless]),
      [['strip-metadata', 'privacy', ['location'], true]],
    );
    assert.equal((await tab.upload(PNG, { privacy: 'strip-location' })).asset.fixes, undefined, 'there is none');
  });

  test('a file whose metadata cannot be removed is not sent', async (t) => {
    const tab = await open(t);
    const options = { provider: 'relaydance', privacy: 'strip-metadata' };
    const { error } = await tab.upload(made('video.wmv'), options);
    assert.deepEqual([error.code, error.violations.map(({ rule }) => rule)], ['rejected', ['metadata']]);
    assert.deepEqual(await gateway.sent(), []);
  });

  test('the user is asked, and a retry sends the same file', async (t) => {
    const tab = await open(t);
    const given = await tab.holding([BITMAP]);
    const { asked, code, formats, isAccepted } = await tab.page.evaluate(async (input) => {
      const { upload } = await import('/mediaferry/index.js');
      const asked = [];
      const confirm = (plan, source) => {
        asked.push([plan.steps.map(({ kind }) => kind).join(), source === input.files[0]]);
        return asked.length > 1;
      };
      const start = () => upload(input.files[0], { provider: 'modelhunter', fix: { confirm } });
      const { code } = await start().catch((error) => error);
      const task = start();
      const stopped = new Promise((resolve) => {
        (async () => {
          for await (const event of task) if (event.type === 'stage' && event.stage === 'transfer') task.abort();
        })().catch(resolve);
      });
      await stopped;
      task.retry();
      const asset = await task;
      return { asked, code, formats: [asset.media.format], isAccepted: asset.fixes.length === 1 };
    }, given);
    assert.deepEqual(
      [asked, code, formats, isAccepted],
      [
        [
          ['convert', true],
          ['convert', true],
        ],
        'rejected',
        ['JPEG'],
        true,
      ],
    );
  });

  test('an image with 108 million pixels, a GIF with 100 frames', async (t) => {
    const tab = await open(t);
    const rules = [{ mimes: ['image/jpeg', 'image/png'], maxBytes: 300_000 }];
    for (const given of [file('large.jpg', largeJpeg(12_000, 9_000)), file('frames.gif', gif(120, 90, 100))]) {
      const result = await fixIn(tab, given, { rules, timeout: 50_000 });
      if (result.error) assert.deepEqual([result.error.code, result.error.hasCause], ['rejected', true], given.name);
      else assert.ok(result.bytes <= 300_000 && result.steps.length > 0, JSON.stringify(result));
      if (given.name.endsWith('.gif')) assert.ok(result.steps[0].loses.includes('animation'));
    }
  });

  test('a damaged image, a corrupt HEIC and a decoder that fails are typed errors', async (t) => {
    const tab = await open(t);
    const damaged = file('damaged.bmp', Buffer.from(BITMAP.bytes).fill(0xff, 14, 30));
    const heic = made('picture.heic');
    // Without its pixels, and with a structure that contradicts itself.
    const [cut, wrong] = [0, heic.bytes.indexOf('meta') - 4].map((at) => {
      const bytes = Buffer.from(heic.bytes);
      return at ? bytes.fill(0x7f, at, at + 200) : bytes.fill(0x7f, bytes.lastIndexOf('mdat') + 4);
    });
    for (const [given, options] of [
      [file('cut.heic', cut), { decodeHeic: 'decode' }],
      [file('wrong.heic', wrong), { decodeHeic: 'decode' }],
      [heic, { decodeHeic: 'throw' }],
      [heic, { decodeHeic: 'hang', timeout: 300 }],
      [damaged, {}],
    ]) {
      const { error } = await fixIn(tab, given, { ...options, provider: 'modelhunter' });
      assert.equal(error?.name, 'UploadError', given.name);
      assert.ok(/^(rejected|unrecognised_file)$/.test(error.code), error.code);
      assert.ok(error.violations.length > 0);
    }
    const { steps } = await planIn(tab, heic);
    const needs = steps[0].needs;
    assert.ok(needs === undefined || needs === 'decodeHeic', needs);
  });

  test('the page decodes HEIC', async (t) => {
    const tab = await open(t);
    const result = await fixIn(tab, made('picture.heic'), { decodeHeic: 'draw', provider: 'modelhunter' });
    assert.deepEqual([result.error, result.type, result.name], [undefined, 'image/jpeg', 'picture.jpg']);
  });

  test('an encoder that throws, on the main thread', async (t) => {
    const tab = await open(t);
    const { error } = await fixIn(tab, BITMAP, { provider: 'modelhunter', breaks: true });
    assert.deepEqual([error.code, error.hasCause], ['rejected', true]);
  });

  test('a fix can be aborted', async (t) => {
    const tab = await open(t);
    const { error } = await fixIn(tab, made('picture.heic'), {
      provider: 'modelhunter',
      decodeHeic: 'hang',
      abortAfter: 100,
    });
    assert.equal(error.name, 'AbortError');
  });

  test('a hidden tab finishes its fix', { skip: !hasPages }, async (t) => {
    const tab = await open(t);
    const fixing = fixIn(tab, BITMAP, { provider: 'modelhunter' });
    const other = await open(t);
    await other.page.bringToFront();
    assert.equal((await fixing).type, 'image/jpeg');
  });

  test('the element asks, and fixes what the user agrees to', async (t) => {
    const tab = await open(t);
    const given = await tab.holding([BITMAP, file('other.bmp', bitmap(300, 200)), made('pcm.wav')]);
    const result = await tab.page.evaluate(async (input) => {
      await import('/mediaferry/element.js');
      const element = document.createElement('media-ferry');
      Object.assign(element, { provider: 'modelhunter', fix: true, multiple: true });
      document.body.append(element);
      const found = async (selector) => {
        for (const end = Date.now() + 20_000; Date.now() < end; ) {
          const part = element.shadowRoot.querySelector(selector);
          if (part) return part;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        throw new Error(`no ${selector}: ${element.shadowRoot.textContent}`);
      };
      const outcome = (name) =>
        new Promise((resolve) => element.addEventListener(name, ({ detail }) => resolve(detail), { once: true }));
      const [first, second, third] = input.files;
      element.uploader.add(first);
      const question = (await found('[part="question"] > p')).textContent;
      await found('[part="thumbnail"] canvas');
      const isHidden = (part) => element.shadowRoot.querySelector(`li [part~="${part}"]`).hidden;
      const asking = ['progress', 'pause', 'cancel'].map(isHidden);
      const success = outcome('upload-success');
      const answer = await found('[part~="fix"]');
      answer.focus();
      answer.click();
      const { asset } = await success;
      const isGone = !element.shadowRoot.querySelector('[part="question"]');
      const focused = element.shadowRoot.activeElement?.localName;
      const failure = outcome('upload-error');
      element.uploader.add(second);
      (await found('[part~="decline"]')).click();
      const { error } = await failure;
      const reported = () => new Promise((resolve) => setTimeout(resolve, 100));
      await reported();
      const declined = element.shadowRoot.querySelectorAll('[part="error"]').length;
      const impossible = outcome('upload-error');
      element.uploader.add(third);
      await impossible;
      await reported();
      const reasons = [...element.shadowRoot.querySelectorAll('[part="error"]')].slice(declined);
      const last = reasons.at(-1)?.textContent;
      return { question, asking, format: asset.media.format, isGone, focused, code: error.code, declined, last };
    }, given);
    assert.deepEqual(result, {
      question: 'Convert to JPEG?',
      asking: [true, true, false],
      format: 'JPEG',
      isGone: true,
      focused: 'li',
      code: 'rejected',
      declined: 1,
      last: 'It cannot be fixed automatically.',
    });
    assert.deepEqual(tab.errors, []);
  });

  test('the element removes the location without a question, also if the attribute privacy is empty', async (t) => {
    const tab = await open(t);
    const input = await tab.holding([file('place.jpg', withLocation(PHOTO.bytes))]);
    const steps = await tab.page.evaluate(async (input) => {
      await import('/mediaferry/element.js');
      const element = document.createElement('media-ferry');
      Object.assign(element, { provider: 'relaydance', fix: true, privacy: '' });
      document.body.append(element);
      const { fixes } = await element.uploader.add(input.files[0]);
      return fixes?.map(({ kind, reason, loses }) => [kind, reason, loses]);
    }, input);
    assert.deepEqual(steps, [['strip-metadata', 'privacy', ['location']]]);
    assert.deepEqual(tab.errors, []);
  });

  test('pages that fix nothing load nothing for it', async (t) => {
    const tab = await open(t);
    await tab.upload(PHOTO);
    await tab.settled();
    const loaded = () => tab.requests.filter(({ url }) => /\/(fix|fixer|draw-worker)\.(wasm|js)$/.test(url)).length;
    assert.equal(loaded(), 0);
    await tab.upload(BITMAP, { fix: true });
    await tab.settled();
    assert.ok(loaded() >= 2);
    assert.deepEqual(
      await tab.workers(),
      [new URL('/mediaferry/worker.js', gateway.url).href],
      'the other one has ended',
    );
  });
});

async function planIn(tab, given) {
  const input = await tab.holding([given]);
  return await tab.page.evaluate(async (input) => {
    const { plan } = await import('/mediaferry/index.js');
    return await plan(input.files[0], { provider: 'modelhunter' });
  }, input);
}

/** Calls `fix()`. With `rules`, the provider is an own one; `decodeHeic` names what the callback does. */
async function fixIn(tab, given, options) {
  const input = await tab.holding([given]);
  return await tab.page.evaluate(callFix, input, options);
}

/** Runs in the page. */
async function callFix(input, { rules, decodeHeic, breaks, abortAfter, ...options }) {
  const { defineProvider, fix, init } = await import('/mediaferry/index.js');
  const decoders = {
    throw: () => {
      throw new Error('broken');
    },
    hang: () => new Promise(() => {}),
    decode: (file) => createImageBitmap(file),
    draw: () => {
      const canvas = new OffscreenCanvas(3024, 4032);
      canvas.getContext('2d').fillRect(9, 9, 2000, 2000);
      return canvas.convertToBlob({ type: 'image/png' });
    },
  };
  if (breaks) {
    await init({ drawWorker: false });
    OffscreenCanvas.prototype.convertToBlob = () => {
      throw new Error('broken');
    };
  }
  const provider = rules ? defineProvider({ rules, sign: () => new Promise(() => {}) }) : options.provider;
  const callbacks = decodeHeic ? { decodeHeic: decoders[decodeHeic] } : {};
  const controller = new AbortController();
  if (abortAfter) setTimeout(() => controller.abort(), abortAfter);
  try {
    const all = { ...options, provider, ...callbacks, signal: controller.signal };
    const { file, report } = await fix(input.files[0], all);
    return { name: file.name, type: file.type, bytes: file.size, steps: report.steps };
  } catch (error) {
    const { name, code, message, violations, cause } = error;
    return { error: { name, code, message, violations, hasCause: cause !== undefined } };
  }
}
