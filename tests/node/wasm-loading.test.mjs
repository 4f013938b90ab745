// Loading a module: the file beside the script, and the copy in the package if the file fails or takes long.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bundled } from './bundled.mjs';

const core = readFileSync(new URL('../../dist/core.wasm', import.meta.url));
const { wasmId } = await bundled("export { wasmId } from './runtime/wasm-id.js';");
Object.assign(globalThis, { CORE_ID: wasmId(new WebAssembly.Module(core)), PARTS_ID: 0, FORMATS_ID: 0, FIX_ID: 0 });
const { compile: compileFile } = await bundled("export { compile } from './runtime/wasm.js';");
const script = { copy: undefined };
const file = { url: () => new URL('https://files.test/core.wasm'), copy: () => script.copy() };
const compile = (source, download) => compileFile({ ...file, download }, 'core', source);
const settle = async () => {
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
};

/** Has the file respond with `file()`, and the copy with `copy()`. */
function serve(file, copy) {
  globalThis.fetch = async () => await file();
  script.copy = copy;
}
const respond = (bytes) => new Response(bytes);
const never = () => new Promise(() => {});
const missing = async () => {
  throw new Error('404');
};

test('a file that is there is used, and the copy is not loaded', async () => {
  serve(
    () => respond(core),
    () => assert.fail('the copy was loaded'),
  );
  assert.ok((await compile()) instanceof WebAssembly.Module);
});

test('a response that the page passes is used again when the core is started again', async () => {
  for (const type of ['application/wasm', 'text/plain']) {
    const response = new Response(core, { headers: { 'content-type': type } });
    for (const _ of [1, 2]) assert.ok((await compile(response)) instanceof WebAssembly.Module);
  }
  const used = new Response(core);
  await used.arrayBuffer();
  await assert.rejects(compile(used), { name: 'SetupError', code: 'wasm_missing' });
});

test('without the file, the copy is used', async () => {
  serve(
    () => new Response('', { status: 404 }),
    async () => core,
  );
  assert.ok((await compile()) instanceof WebAssembly.Module);
});

test('a download that has begun is used, and the file is not requested again', async () => {
  serve(
    () => assert.fail('the file was requested'),
    () => assert.fail('the copy was loaded'),
  );
  assert.ok((await compile(undefined, Promise.resolve(respond(core)))) instanceof WebAssembly.Module);
});

test('a download that fails is replaced by the copy', async () => {
  serve(missing, async () => core);
  const download = missing();
  download.catch(() => {});
  assert.ok((await compile(undefined, download)) instanceof WebAssembly.Module);
});

test('after eight seconds, the copy is loaded, too', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  serve(never, async () => core);
  const compiling = compile();
  await settle();
  t.mock.timers.tick(8_000);
  assert.ok((await compiling) instanceof WebAssembly.Module);
});

test('a copy that is missing does not end a file that is slow', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let arrive;
  const arriving = new Promise((resolve) => {
    arrive = resolve;
  });
  serve(() => arriving, missing);
  const compiling = compile();
  compiling.catch(() => {});
  await settle();
  t.mock.timers.tick(8_000);
  await settle();
  arrive(respond(core));
  assert.ok((await compiling) instanceof WebAssembly.Module);
});

test('if both fail, the reason is that of the file', async () => {
  serve(() => respond(Buffer.concat([core.subarray(0, 8), Buffer.from('not a module')])), missing);
  await assert.rejects(compile(), { name: 'SetupError', code: 'wasm_invalid' });
});
