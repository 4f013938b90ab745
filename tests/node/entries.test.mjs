// The entries of the package in Node: the files of each, the options that it requires, and its errors.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { typedEntries } from '../../scripts/build/entries.mjs';
import { importsOf } from './imports.mjs';

const root = new URL('../../', import.meta.url);
const core = readFileSync(new URL('dist/core.wasm', root));
const photo = new Blob([readFileSync(new URL('tests/fixtures/e2e/cat.jpg', root))]);
const bitmap = new Blob([readFileSync(new URL('tests/fixtures/media/windows.bmp', root))]);
const { exports, files } = JSON.parse(readFileSync(new URL('package.json', root)));
/** The entries without types. */
const others = Object.entries(exports).filter(([, target]) => typeof target === 'string');

/** Imports a new copy of an entry. */
let copies = 0;
const fresh = (name) => import(`${new URL(`dist/${name}.js`, root)}?${copies++}`);

const hasCode = (name, code) => (error) => {
  assert.deepEqual([error.name, error.code], [name, code], error.stack);
  assert.ok(error.message.endsWith(error.hint), error.message);
  return true;
};

test('every file in package.json exists and is packed', () => {
  const targets = [...others, ...typedEntries()].flatMap(([, target]) =>
    typeof target === 'string' ? [target] : Object.values(target),
  );
  assert.ok(targets.length >= 9);
  for (const target of targets) {
    assert.ok(existsSync(new URL(target, root)), target);
    const folder = target.split('/')[1];
    assert.ok(target === './package.json' || files.includes(folder), `${target} is not packed`);
  }
  const { resolve } = createRequire(import.meta.url);
  for (const [path] of [...others, ...typedEntries()])
    assert.ok(existsSync(resolve(path.replace('.', 'mediaferry'))), path);
});

test('types come first, and each folder matches its subpath', () => {
  for (const [path, target] of typedEntries()) {
    assert.equal(Object.keys(target)[0], 'types', path);
    if (path === '.') continue;
    // The folder of `testing` holds more.
    const packed = [path.split('/')[1], `${path.slice(2)}/package.json`];
    assert.ok(
      packed.some((name) => files.includes(name)),
      `${path} is not packed`,
    );
    const folder = new URL(`${path}/`, root);
    const stub = JSON.parse(readFileSync(new URL('package.json', folder)));
    assert.deepEqual(
      [stub.types, stub.main].map((file) => new URL(file, folder).href),
      [target.types, target.default].map((file) => new URL(file, root).href),
    );
  }
});

test('all entries export the same names', async () => {
  const names = Object.keys(await fresh('index'));
  for (const entry of ['inline', 'slim', 'standalone']) assert.deepEqual(Object.keys(await fresh(entry)), names);
});

test('an entry loads files from beside itself only if it has some there', async (t) => {
  const requested = [];
  // The file names of what an entry requests; a worker from an inlined copy has a `blob:` URL.
  const refuse = (url) => {
    requested.push(String(url).startsWith('blob:') ? 'blob:' : String(url).split('/').at(-1));
    throw new TypeError('refused');
  };
  t.mock.method(globalThis, 'fetch', async (url) => refuse(url));
  globalThis.Worker = class {
    constructor(url) {
      refuse(url);
    }
  };
  // The copy's URL is revoked later.
  const { setTimeout } = globalThis;
  t.mock.method(globalThis, 'setTimeout', (...given) => setTimeout(...given).unref());
  // Only pages and web workers start workers.
  globalThis.WorkerGlobalScope = class {};
  t.after(() => {
    delete globalThis.Worker;
    delete globalThis.WorkerGlobalScope;
  });
  const requests = async (name) => {
    requested.length = 0;
    const { probe } = await fresh(name);
    await probe(bitmap).catch(() => {});
    return [...requested];
  };
  assert.deepEqual(await requests('index'), ['core.wasm', 'worker.js', 'blob:', 'formats.wasm']);
  assert.deepEqual(await requests('inline'), ['blob:']);
  assert.deepEqual(await requests('slim'), []);
  assert.deepEqual(await requests('standalone'), []);
  delete globalThis.WorkerGlobalScope;
  assert.deepEqual(await requests('index'), ['core.wasm', 'formats.wasm'], 'Node, Bun and Deno start no worker');
});

test('the copies are two imports away from the entry, so that no framework prefetches them', async () => {
  const imports = await importsOf('index');
  assert.ok(imports.includes('./fallbacks.js'));
  assert.deepEqual(
    imports.filter((path) => /inline|host/.test(path)),
    [],
  );
  assert.deepEqual((await importsOf('fallbacks')).sort(), [
    './host.js',
    './inline-core.js',
    './inline-draw-worker.js',
    './inline-fix.js',
    './inline-formats.js',
    './inline-parts-worker.js',
    './inline-parts.js',
    './inline-worker.js',
    './parts-host.js',
  ]);
});

test('slim includes no inlined copies, and the worker and standalone import nothing', async () => {
  assert.deepEqual(
    (await importsOf('slim')).filter((path) => path.includes('inline')),
    [],
  );
  assert.deepEqual(await importsOf('worker'), []);
  assert.deepEqual(await importsOf('parts-worker'), []);
  assert.deepEqual(await importsOf('draw-worker'), []);
  assert.deepEqual(await importsOf('standalone'), []);
  const text = readFileSync(new URL('dist/standalone.js', root), 'utf8');
  assert.doesNotMatch(text, /\bimport\(|import\.meta/, 'service workers forbid both');
});

for (const entry of ['inline', 'standalone']) {
  test(`${entry} supports all formats without other files`, async () => {
    const { probe } = await fresh(entry);
    assert.equal((await probe(photo)).format, 'JPEG');
    assert.equal((await probe(bitmap)).format, 'BMP');
  });
}

test('a call without options says what it expects', async () => {
  const { checkRequest, defineProvider, deleteAsset, fix, listAssets, plan, presignedParts, Uploader } =
    await fresh('index');
  const calls = {
    'plan()': () => plan(photo),
    'fix()': () => fix(photo, null),
    'listAssets()': () => listAssets().next(),
    'deleteAsset()': () => deleteAsset('id'),
    'checkRequest()': () => checkRequest([]),
    'an Uploader': async () => new Uploader(),
    'defineProvider()': async () => defineProvider('modelhunter'),
    'presignedParts()': async () => presignedParts(),
  };
  for (const [caller, call] of Object.entries(calls))
    await assert.rejects(call, ({ name, message }) => {
      assert.equal(name, 'TypeError');
      return message.startsWith(`${caller} expects an object of options, not `);
    });
});

test('slim without options rejects with a SetupError, and works with them', async () => {
  const { probe, init } = await fresh('slim');
  await assert.rejects(probe(photo), hasCode('SetupError', 'wasm_missing'));
  await init({ wasm: core });
  assert.equal((await probe(photo)).format, 'JPEG');
  await assert.rejects(
    probe(bitmap),
    ({ name, code, message }) =>
      name === 'SetupError' && code === 'wasm_missing' && /init\(\{ formats \}\)/.test(message),
  );
});

test('slim with formats supports all formats', async () => {
  const { probe, init } = await fresh('slim');
  await init({ wasm: core, formats: readFileSync(new URL('dist/formats.wasm', root)) });
  assert.equal((await probe(bitmap)).format, 'BMP');
});

for (const [title, wasm] of Object.entries({
  bytes: core,
  'an ArrayBuffer': core.buffer.slice(core.byteOffset, core.byteOffset + core.length),
  'a compiled module': new WebAssembly.Module(core),
  'a response': new Response(core),
  'a URL': `data:application/wasm;base64,${core.toString('base64')}`,
})) {
  test(`init accepts the core as ${title}`, async () => {
    const { probe, init } = await fresh('slim');
    await init({ wasm, worker: false });
    assert.equal((await probe(photo)).format, 'JPEG');
  });
}

test('init rejects anything that is not the core, and works without options afterwards', async () => {
  const { probe, init } = await fresh('index');
  const page = new Response('<!doctype html>');
  await assert.rejects(init({ wasm: page }), hasCode('SetupError', 'wasm_missing'));
  await assert.rejects(init({ wasm: new Response(core, { status: 404 }) }), hasCode('SetupError', 'wasm_missing'));
  await assert.rejects(init({ wasm: 'http://127.0.0.1:1/core.wasm' }), hasCode('SetupError', 'wasm_missing'));
  await assert.rejects(init({ wasm: core.subarray(0, 999) }), hasCode('SetupError', 'wasm_invalid'));
  await init();
  assert.equal((await probe(photo)).format, 'JPEG');
});

test('without WebAssembly, every call rejects with a SetupError', async (t) => {
  const { WebAssembly } = globalThis;
  t.after(() => Object.assign(globalThis, { WebAssembly }));
  delete globalThis.WebAssembly;
  const { probe } = await fresh('index');
  await assert.rejects(probe(photo), hasCode('SetupError', 'wasm_blocked'));
});
