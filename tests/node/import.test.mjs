// The package in Node, without a DOM: importing it does nothing, its words are whole, its exports are there.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { explain, probe, providers, sha256, UploadError, upload } from 'mediaferry';

const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root));

/** The members of a union that Rust emits. */
function union(name) {
  const types = read('dist/generated/core.d.ts')
    .toString()
    .replaceAll(/\/\*\*.*?\*\//gs, '');
  const [, members] = new RegExp(`export type ${name} =([^;]+);`).exec(types);
  return [...members.matchAll(/'([^']+)'/g)].map(([, member]) => member);
}

test('importing it has no side effects', () => {
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
    'check,checkTogether,defineProvider,deleteAsset,explain,filesFrom,init,listAssets,presignedPut,probe,providers,sha256,upload';
  assert.equal(names.trim(), `SetupError,UploadError,Uploader,${functions}`);
});

test('every code has a message, without holes', () => {
  const codes = union('ErrorCode');
  assert.ok(codes.length >= 18);
  for (const code of codes) {
    for (const facts of [{}, { status: 503, field: 'id', sent: 'a', held: 'b', limit: 9, afterMillis: 600_000 }]) {
      const error = new UploadError({ code, retryable: false, ...facts });
      assert.ok(error instanceof Error && error.name === 'UploadError' && error.code === code);
      assert.match(error.message, /^[A-Z].*\.$/s);
      if (facts.status) assert.doesNotMatch(error.message, /undefined|null|NaN|\[object/);
    }
  }
  assert.throws(() => new UploadError({ code: 'no_such_code', retryable: false }));
});

test('every rule is explained with its numbers', () => {
  const rules = union('Rule');
  assert.ok(rules.length >= 10);
  for (const rule of rules) {
    const words = explain({ rule, actual: 127, limit: 128 });
    assert.match(words, /^(It|Its|This|A|Above|The|There) .*\.$/);
    assert.doesNotMatch(words, /undefined|null|NaN|\[object|_/);
    if (/^(min|max)_/.test(rule)) assert.match(words, /127.*128/);
  }
  assert.equal(explain({ rule: 'format', actual: null, limit: null }), 'This is no known media format.');
  assert.match(explain({ rule: 'format', actual: 'text', limit: ['PNG', 'JPEG'] }), /text; .*PNG, JPEG/);
  assert.match(explain({ rule: 'max_bytes', actual: 50_000_001, limit: 50_000_000 }), /50,000,001.*50,000,000/);
  assert.match(explain({ rule: 'max_duration', actual: 600.001, limit: 600 }), /600\.001 s.*600 s/);
});

test('an error has all violations, and nothing that it was not meant to have', () => {
  const violations = [
    { rule: 'min_width', actual: 127, limit: 128 },
    { rule: 'complete', actual: 9, limit: null },
  ];
  const secret = 'https://storage.test/key?X-Amz-Signature=5b1d7e';
  const leak = { url: secret, headers: { authorization: 'Bearer 5b1d7e' }, body: secret, cause: secret };
  for (const code of union('ErrorCode')) {
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
    union('ProviderId'),
  );
  const [{ accepts, ...modelhunter }] = all;
  assert.deepEqual(modelhunter, {
    id: 'modelhunter',
    name: 'ModelHunter',
    home: 'https://modelhunter.ai',
    takesAddresses: false,
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
  assert.equal((await providers()).length, union('ProviderId').length);
});

test('what is no file is refused before anything is loaded', async () => {
  for (const call of [upload, probe, sha256]) {
    await assert.rejects(async () => call('photo.png', { provider: 'modelhunter' }), TypeError);
  }
});

test('it tells files apart in Node too, by the core inside the package', async () => {
  const photo = new File([read('tests/fixtures/e2e/cat.jpg')], 'cat.png', { type: 'image/png' });
  const { mime, width, height, mismatch } = await probe(photo);
  assert.deepEqual({ mime, width, height, mismatch }, { mime: 'image/jpeg', width: 320, height: 240, mismatch: true });
  assert.match(await sha256(photo), /^f8dcbaf0/);
  await assert.rejects(probe(new Blob([])), (error) => error instanceof UploadError && error.code === 'rejected');
});
