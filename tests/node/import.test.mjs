// The package in Node, without a DOM: its exports, its messages, and what it does on import.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { explain, probe, providers, sha256, UploadError, upload } from 'mediaferry';
import { bundled } from './bundled.mjs';

const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root));

/** The locale is complete: TypeScript checks it against the unions that Rust generates. */
const { en } = await bundled("export { en } from './locale/messages-en.js'");
const codes = Object.keys(en.errors);
const rules = Object.keys(en.rules);

test('importing the package has no side effects', () => {
  const script = `
    const refuse = (name) => () => { throw new Error(name + ' was called'); };
    for (const name of ['fetch', 'Worker', 'setTimeout', 'setInterval', 'addEventListener', 'postMessage'])
      globalThis[name] = refuse(name);
    WebAssembly.compile = WebAssembly.instantiate = refuse('WebAssembly');
    const before = Object.getOwnPropertyNames(globalThis).join();
    const names = Object.keys(await import('mediaferry'));
    if (Object.getOwnPropertyNames(globalThis).join() !== before) throw new Error('a global was added');
    console.log(names.sort().join());`;
  // A timer or a worker left behind would keep this process from ending.
  const options = { cwd: fileURLToPath(root), timeout: 20_000, encoding: 'utf8' };
  const names = execFileSync(process.execPath, ['--input-type=module', '--eval', script], options);
  const functions =
    'check,checkRequest,close,defineProvider,deleteAsset,explain,filesFrom,fix,init,listAssets,plan,presignedParts,presignedPut,probe,providers,sha256,upload';
  assert.equal(names.trim(), `ResumeError,SetupError,UploadError,Uploader,${functions}`);
});

test('every error code has a message, with and without data', () => {
  assert.ok(codes.length >= 18);
  const data = { status: 503, field: 'id', expected: 'a', actual: 'b', limit: 9, afterMillis: 600_000 };
  for (const code of codes) {
    for (const facts of [{}, data]) {
      const error = new UploadError({ code, retryable: false, ...facts });
      assert.ok(error instanceof Error && error.name === 'UploadError' && error.code === code);
      assert.match(error.message, /^[A-Z].*\.$/s);
      if (facts.status) assert.doesNotMatch(error.message, /undefined|null|NaN|\[object/);
    }
  }
  assert.throws(() => new UploadError({ code: 'no_such_code', retryable: false }), TypeError);
});

test('messages name the values of an error', () => {
  const message = (facts) => new UploadError({ retryable: false, ...facts }).message;
  assert.equal(
    message({ code: 'integrity', field: 'size_bytes', expected: '24814', actual: '1' }),
    "The provider's copy differs from the file: size_bytes is 1, expected 24814.",
  );
  assert.equal(message({ code: 'unavailable', status: 503 }), 'The server is temporarily unavailable (HTTP 503).');
  assert.equal(message({ code: 'quota', limit: 1 }), 'The account is full: it can hold 1 asset.');
  assert.equal(message({ code: 'quota', limit: 1000 }), 'The account is full: it can hold 1,000 assets.');
  const after = (afterMillis) => message({ code: 'timed_out', afterMillis });
  assert.equal(after(600_000), 'The provider was still processing after 10 minutes.');
  assert.equal(after(1_000), 'The provider was still processing after 1 second.');
  assert.equal(
    message({ code: 'network', outcomeUnknown: true }),
    'The connection failed. The upload may have succeeded, so it was not repeated.',
  );
});

test('every rule has a sentence with its numbers', () => {
  assert.ok(rules.length >= 10);
  for (const rule of rules) {
    const sentence = explain({ rule, actual: 127, limit: 128 });
    assert.match(sentence, /^[A-Z].*\.$/);
    assert.doesNotMatch(sentence, /undefined|null|NaN|\[object|_/);
    if (/^(min|max)_/.test(rule)) assert.match(sentence, /127.*128/);
  }
  const sentence = (rule, actual, limit) => explain({ rule, actual, limit });
  assert.equal(sentence('format', null, null), 'This file type is not supported.');
  assert.equal(sentence('format', 'text', ['PNG', 'JPEG']), 'The file is text. Supported: PNG, JPEG.');
  assert.equal(sentence('min_bytes', 0, 1), 'The file is empty.');
  assert.equal(sentence('min_width', 1, 128), 'The width is 1 pixel; the minimum is 128 pixels.');
  assert.equal(sentence('max_images', 10, 9), 'There are 10 images; the maximum is 9.');
  assert.equal(sentence('minNumberOfFiles', 0, 1), 'Select at least 1 file.');
  assert.equal(sentence('minNumberOfFiles', 1, 2), 'Select at least 2 files.');
});

test('a size is shown in the unit of its limit, and in bytes if that does not tell them apart', () => {
  const sentence = (actual, limit) => explain({ rule: 'max_bytes', actual, limit });
  assert.equal(sentence(62_000_000, 50_000_000), 'The file is 62 MB; the maximum is 50 MB.');
  assert.equal(sentence(12_582_912, 10_485_760), 'The file is 12 MiB; the maximum is 10 MiB.');
  assert.equal(sentence(50_000_001, 50_000_000), 'The file is 50,000,001 bytes; the maximum is 50,000,000 bytes.');
  assert.equal(sentence(2, 1), 'The file is 2 bytes; the maximum is 1 byte.');
});

test('a duration has as many digits as it takes to differ from its limit', () => {
  const sentence = (actual) => explain({ rule: 'max_duration', actual, limit: 600 });
  assert.equal(sentence(601), 'The duration is 601 s; the maximum is 600 s.');
  assert.equal(sentence(600.00001), 'The duration is 600.00001 s; the maximum is 600 s.');
});

test('messages may be parts of a locale or a whole one, and invalid ones fall back to English', (t) => {
  const violation = { rule: 'max_bytes', actual: 2, limit: 1 };
  const facts = { code: 'network', retryable: false, outcomeUnknown: true };
  const message = (messages) => new UploadError(facts, messages).message;
  assert.match(message({ errors: { network: 'Kein Netz.' } }), /^Kein Netz\. The upload may have succeeded/);
  assert.match(message({ outcomeUnknown: () => 'Vielleicht.' }), /^The connection failed\. Vielleicht\.$/);
  const replaced = (group) => Object.fromEntries(Object.keys(group).map((name) => [name, () => `${name}!`]));
  const locale = { errors: replaced(en.errors), rules: replaced(en.rules), outcomeUnknown: 'Vielleicht.' };
  for (const code of codes)
    assert.equal(
      new UploadError({ code, retryable: false, outcomeUnknown: true }, locale).message,
      `${code}! Vielleicht.`,
    );
  for (const rule of rules) assert.equal(explain({ ...violation, rule }, locale), `${rule}!`);

  const reported = [];
  globalThis.reportError = (error) => reported.push(error);
  t.after(() => delete globalThis.reportError);
  const fails = () => {
    throw new Error('mine');
  };
  assert.equal(explain(violation, { rules: { max_bytes: fails } }), explain(violation));
  assert.equal(explain(violation, { rules: { max_bytes: () => 42 } }), explain(violation));
  assert.deepEqual(
    reported.map(({ message }) => message),
    ['mine', 'a message must be a string, not number'],
  );
});

test('an error contains every violation and no unknown data', () => {
  const violations = [
    { rule: 'min_width', actual: 127, limit: 128 },
    { rule: 'complete', actual: 9, limit: null },
  ];
  const secret = 'https://storage.test/key?X-Amz-Signature=5b1d7e';
  const leak = { url: secret, headers: { authorization: 'Bearer 5b1d7e' }, body: secret, cause: secret };
  for (const code of codes) {
    const error = new UploadError({ code, retryable: true, stage: 'transfer', violations, ...leak });
    assert.ok(!`${error.stack}${JSON.stringify(error)}${error.message}`.includes('5b1d7e'), code);
  }
  const error = new UploadError({ code: 'rejected', retryable: false, violations });
  assert.equal(error.message, violations.map(explain).join(' '));
  assert.deepEqual(error.violations, violations);
});

test('providers are listed with their limits, without the core', async () => {
  const all = await providers();
  assert.deepEqual(
    all.map(({ id }) => id),
    ['modelhunter', 'onerouter', 'worldrouter', 'relaydance', 'apiframe'],
  );
  const [{ accepts, ...modelhunter }] = all;
  assert.deepEqual(modelhunter, {
    id: 'modelhunter',
    name: 'ModelHunter',
    home: 'https://modelhunter.ai',
    acceptsUrls: false,
    notes: ['A public URL needs no upload: use it in the generation request as it is.'],
    accept: 'image/png,image/jpeg,image/webp,video/mp4,.png,.jpg,.webp,.mp4',
    options: [],
  });
  assert.deepEqual(accepts[1], {
    formats: ['MP4'],
    mimes: ['video/mp4'],
    extensions: ['mp4'],
    maxBytes: 500_000_000,
    minDuration: 1,
    maxDuration: 600,
  });
  // What one caller does to them is not seen by the next.
  all.length = 0;
  assert.equal((await providers()).length, 5);
});

test('a source that is not a file is rejected before anything is loaded', async () => {
  for (const call of [upload, probe, sha256]) {
    await assert.rejects(async () => call('photo.png', { provider: 'modelhunter' }), TypeError);
  }
});

test('probe and sha256 work in Node with the core of the package', async () => {
  const photo = new File([read('tests/fixtures/e2e/cat.jpg')], 'cat.png', { type: 'image/png' });
  const { mime, width, height, mismatch } = await probe(photo);
  assert.deepEqual({ mime, width, height, mismatch }, { mime: 'image/jpeg', width: 320, height: 240, mismatch: true });
  assert.match(await sha256(photo), /^f8dcbaf0/);
  await assert.rejects(probe(new Blob([])), (error) => error instanceof UploadError && error.code === 'rejected');
});
