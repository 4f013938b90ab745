// The entries of the package in Node: what each brings along, what it must be given, and how it says what is wrong.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const core = readFileSync(new URL('dist/core.wasm', root));
const photo = new Blob([readFileSync(new URL('tests/fixtures/e2e/cat.jpg', root))]);
const bitmap = new Blob([readFileSync(new URL('tests/fixtures/media/windows.bmp', root))]);
const { exports, files } = JSON.parse(readFileSync(new URL('package.json', root)));

/** An entry that has not been called before. */
let copies = 0;
const fresh = (name) => import(`${new URL(`dist/${name}.js`, root)}?${copies++}`);

const refusal = (name, code) => (error) => {
  assert.deepEqual([error.name, error.code], [name, code], error.stack);
  assert.ok(error.message.endsWith(error.hint), error.message);
  return true;
};

test('package.json names files that are there and packed', () => {
  const targets = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  );
  assert.ok(targets.length >= 9);
  for (const target of targets) {
    assert.ok(existsSync(new URL(target, root)), target);
    const folder = target.split('/')[1];
    assert.ok(target === './package.json' || files.includes(folder), `${target} is not packed`);
  }
  const { resolve } = createRequire(import.meta.url);
  for (const path of Object.keys(exports)) assert.ok(existsSync(resolve(path.replace('.', 'mediaferry'))), path);
});

test('types come first, and a folder says the same as the subpath', () => {
  for (const [path, target] of Object.entries(exports)) {
    if (typeof target === 'string') continue;
    assert.equal(Object.keys(target)[0], 'types', path);
    if (path === '.') continue;
    assert.ok(files.includes(path.slice(2)), `${path} is not packed`);
    const stub = JSON.parse(readFileSync(new URL(`${path}/package.json`, root)));
    assert.deepEqual(
      [stub.types, stub.main],
      [target.types, target.default].map((file) => `.${file}`),
    );
  }
});

test('all entries have the same names', async () => {
  const names = Object.keys(await fresh('index'));
  for (const entry of ['inline', 'slim']) assert.deepEqual(Object.keys(await fresh(entry)), names);
});

test('an entry looks beside itself only where it has something there', () => {
  const text = (name) => readFileSync(new URL(`dist/${name}.js`, root), 'utf8');
  assert.equal(text('index').match(/new URL\("\.\/[a-z.]+",import\.meta\.url\)/g).length, 3);
  for (const entry of ['inline', 'slim']) assert.doesNotMatch(text(entry), /import\.meta/);
  assert.doesNotMatch(text('slim'), /inline-/);
  assert.doesNotMatch(text('worker'), /\bimport\b|\bexport\b|importScripts/);
});

test('inline brings its core along, and all formats', async () => {
  const { probe } = await fresh('inline');
  assert.equal((await probe(photo)).format, 'JPEG');
  assert.equal((await probe(bitmap)).format, 'BMP');
});

test('slim says what it needs, and works once it has that', async () => {
  const { probe, init } = await fresh('slim');
  await assert.rejects(probe(photo), refusal('SetupError', 'wasm_missing'));
  await init({ wasm: core });
  assert.equal((await probe(photo)).format, 'JPEG');
  await assert.rejects(
    probe(bitmap),
    ({ name, code, message }) =>
      name === 'SetupError' && code === 'wasm_missing' && /init\(\{ formats \}\)/.test(message),
  );
});

test('slim knows all formats if it is given them', async () => {
  const { probe, init } = await fresh('slim');
  await init({ wasm: core, formats: readFileSync(new URL('dist/formats.wasm', root)) });
  assert.equal((await probe(bitmap)).format, 'BMP');
});

for (const [title, wasm] of Object.entries({
  bytes: core,
  'an ArrayBuffer': core.buffer.slice(core.byteOffset, core.byteOffset + core.length),
  'a compiled module': new WebAssembly.Module(core),
  'an answer': new Response(core),
  'an address': `data:application/wasm;base64,${core.toString('base64')}`,
})) {
  test(`init takes the core as ${title}`, async () => {
    const { probe, init } = await fresh('slim');
    await init({ wasm, worker: false });
    assert.equal((await probe(photo)).format, 'JPEG');
  });
}

test('what is given and is not the core is not passed over in silence', async () => {
  const { probe, init } = await fresh('index');
  const page = new Response('<!doctype html>');
  await assert.rejects(init({ wasm: page }), refusal('SetupError', 'wasm_missing'));
  await assert.rejects(init({ wasm: new Response(core, { status: 404 }) }), refusal('SetupError', 'wasm_missing'));
  await assert.rejects(init({ wasm: 'http://127.0.0.1:1/core.wasm' }), refusal('SetupError', 'wasm_missing'));
  await assert.rejects(init({ wasm: core.subarray(0, 999) }), refusal('SetupError', 'wasm_invalid'));
  await init();
  assert.equal((await probe(photo)).format, 'JPEG');
});

test('where WebAssembly is switched off, every call says so at once', async (t) => {
  const { WebAssembly } = globalThis;
  t.after(() => Object.assign(globalThis, { WebAssembly }));
  delete globalThis.WebAssembly;
  const { probe } = await fresh('index');
  await assert.rejects(probe(photo), refusal('SetupError', 'wasm_blocked'));
});
