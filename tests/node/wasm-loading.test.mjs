// Loading a module: the file beside the script, and the copy in the package if the file fails or takes long.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bundled } from './bundled.mjs';

const core = readFileSync(new URL('../../dist/core.wasm', import.meta.url));
const { wasmId } = await bundled("export { wasmId } from './runtime/wasm-id.js';");
Object.assign(globalThis, { CORE_ID: wasmId(new WebAssembly.Module(core)), PARTS_ID: 0, FORMATS_ID: 0, FIX_ID: 0 });
const { compile, script } = await bundled(
  "export { compile } from './runtime/wasm.js'; export { script } from './runtime/bundled-files.js';",
  { 'bundled-files': new URL('scripted-files.mjs', import.meta.url) },
);
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
  assert.ok((await compile(undefined, 'core')) instanceof WebAssembly.Module);
});

test('a response that the page passes is used again when the core is started again', async () => {
  for (const type of ['application/wasm', 'text/plain']) {
    const response = new Response(core, { headers: { 'content-type': type } });
    for (const _ of [1, 2]) assert.ok((await compile(response, 'core')) instanceof WebAssembly.Module);
  }
  const used = new Response(core);
  await used.arrayBuffer();
  await assert.rejects(compile(used, 'core'), { name: 'SetupError', code: 'wasm_missing' });
});

test('without the file, the copy is used', async () => {
  serve(
    () => new Response('', { status: 404 }),
    async () => core,
  );
  assert.ok((await compile(undefined, 'core')) instanceof WebAssembly.Module);
});

test('after eight seconds, the copy is loaded, too', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  serve(never, async () => core);
  const compiling = compile(undefined, 'core');
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
  const compiling = compile(undefined, 'core');
  compiling.catch(() => {});
  await settle();
  t.mock.timers.tick(8_000);
  await settle();
  arrive(respond(core));
  assert.ok((await compiling) instanceof WebAssembly.Module);
});

test('if both fail, the reason is that of the file', async () => {
  serve(() => respond(Buffer.concat([core.subarray(0, 8), Buffer.from('not a module')])), missing);
  await assert.rejects(compile(undefined, 'core'), { name: 'SetupError', code: 'wasm_invalid' });
});
