// Plans and lossless fixes without a browser.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ref } from 'vue';
import { withLocation } from '../e2e/fix-files.mjs';

const root = new URL('../../', import.meta.url);
const { defineProvider, fix, init, plan, probe, upload } = await import(new URL('dist/index.js', root));
const read = (path) => readFileSync(new URL(path, root));

await init({
  wasm: read('dist/core.wasm'),
  formats: read('dist/formats.wasm'),
  fix: read('dist/fix.wasm'),
  worker: false,
});

const jpeg = read('tests/fixtures/e2e/cat.jpg');
const photo = new File([jpeg], 'cat.jpg', { type: 'image/jpeg' });
const place = new File([withLocation(jpeg)], 'place.jpg', { type: 'image/jpeg', lastModified: 7 });

test('a file that is fine has no steps and is returned itself', async () => {
  const found = await plan(photo, { provider: 'modelhunter' });
  assert.deepEqual(found, { accepted: true, violations: [], steps: [] });
  for (const options of [found, { provider: 'modelhunter' }]) {
    const { file, report } = await fix(photo, options);
    assert.ok(file === photo && report.steps.length === 0);
  }
});

test('a location is removed losslessly, and the rest stays', async () => {
  assert.equal((await probe(place)).hasLocation, true);
  const options = { provider: 'modelhunter', privacy: 'strip-location' };
  const found = await plan(place, options);
  assert.deepEqual(
    found.steps.map(({ kind, reason, lossless, loses }) => [kind, reason, lossless, loses]),
    [['strip-metadata', 'privacy', true, ['location']]],
  );
  const { file, report } = await fix(place, found);
  assert.deepEqual([file.name, file.type, file.lastModified], ['place.jpg', 'image/jpeg', 7]);
  assert.equal(file.size, found.steps[0].to.bytes);
  assert.equal(report.steps[0].to.bytes, file.size);
  assert.equal((await probe(file)).hasLocation, false);
  assert.deepEqual((await plan(file, options)).steps, []);
});

test('limits of an own backend are planned for', async () => {
  const provider = defineProvider({ rules: [{ mimes: ['image/jpeg'], maxBytes: photo.size }], sign: () => ({}) });
  assert.equal((await plan(photo, { provider })).accepted, true);
  const { accepted, violations, steps } = await plan(place, { provider });
  assert.deepEqual([accepted, violations[0].rule, violations[0].actual], [false, 'max_bytes', place.size]);
  assert.deepEqual(
    steps.map(({ kind, reason }) => [kind, reason]),
    [['strip-metadata', 'max_bytes']],
  );
  assert.ok((await fix(place, { provider })).file.size <= photo.size);
});

test('what cannot be fixed is rejected with the violations', async () => {
  const sound = new File([read('tests/fixtures/media/pcm.wav')], 'pcm.wav');
  const { impossible, violations, steps } = await plan(sound, { provider: 'modelhunter' });
  assert.deepEqual([impossible, steps], [violations, []]);
  await assert.rejects(fix(sound, { provider: 'modelhunter' }), (error) => {
    assert.deepEqual(
      [error.name, error.code, error.stage, error.provider],
      ['UploadError', 'rejected', 'fix', 'modelhunter'],
    );
    assert.deepEqual(error.violations, violations);
    assert.match(String(error.cause), /^NotSupportedError: no allowed step meets: /);
    return true;
  });
  const cause = async (file, options) =>
    (await fix(file, { provider: 'modelhunter', ...options }).catch((error) => error)).cause?.name;
  assert.equal(await cause(place, { privacy: 'strip-location', confirm: () => false }), 'NotAllowedError');
  assert.equal(await cause(sound, { allow: [] }), undefined, 'nothing was allowed');
  const text = new File(['no media at all'], 'text.txt');
  assert.equal((await plan(text, { provider: 'modelhunter' })).impossible[0].rule, 'format');
});

test('a plan may be kept in a ref of Vue', async () => {
  const plans = ref({ current: undefined });
  plans.value.current = await plan(place, { provider: 'modelhunter', privacy: 'strip-location' });
  const { report } = await fix(place, plans.value.current);
  assert.equal(report.steps.length, 1);
});

test('mistakes in the program are TypeErrors', async () => {
  const options = { provider: 'modelhunter' };
  const found = await plan(photo, options);
  await assert.rejects(plan('cat.jpg', options), TypeError);
  await assert.rejects(plan(photo, { provider: 'nobody' }), /unknown/);
  await assert.rejects(fix(place, found), /another file/);
  await assert.rejects(fix(photo, structuredClone(found)), /plan\(\)/);
  for (const privacy of ['strip', 'strip_location', 'Strip-Location', true, {}])
    for (const call of [plan, fix, upload])
      await assert.rejects(call(photo, { ...options, privacy }).then(), (error) => {
        assert.equal(error.name, 'TypeError');
        assert.match(error.message, /^option 'privacy' must be strip-location or strip-metadata, not /);
        return true;
      });
  for (const wrong of [{ quality: 92 }, { quality: 0 }, { timeout: -1 }, { allow: 'compress' }])
    await assert.rejects(plan(photo, { ...options, ...wrong }), TypeError);
});

test('an abort ends a question, whatever its answer', async () => {
  const never = () => {};
  const dismiss = (resolve, signal) => signal.addEventListener('abort', () => resolve(false));
  for (const ask of [never, dismiss]) {
    const sending = new AbortController();
    const confirm = (_, __, { signal }) => {
      setTimeout(() => sending.abort(new Error('no more')));
      return new Promise((resolve) => ask(resolve, signal));
    };
    const options = { provider: 'modelhunter', privacy: 'strip-location', confirm, signal: sending.signal };
    await assert.rejects(fix(place, options), /^Error: no more/);
  }
});

test('a timeout may be longer than a timer, or infinite', async () => {
  for (const timeout of [2 ** 31, Number.POSITIVE_INFINITY]) {
    const { report } = await fix(place, { provider: 'modelhunter', privacy: 'strip-location', timeout });
    assert.equal(report.steps.length, 1);
  }
});

test('an aborted plan rejects with the reason', async () => {
  const signal = AbortSignal.abort(new Error('no more'));
  await assert.rejects(plan(place, { provider: 'modelhunter', privacy: 'strip-metadata', signal }), /no more/);
});
