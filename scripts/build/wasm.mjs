// The core as WebAssembly: cargo, then wasm-bindgen, then wasm-opt.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { dist, generated, notes, root, wasmTarget } from '../lib/paths.mjs';
import { ask, CommandError, must } from '../lib/run.mjs';
import { say, took } from '../lib/say.mjs';
import { WASM_TARGET } from '../setup/wasm-toolchain.mjs';
import { locked, wasmEnv } from './cargo.mjs';
import { ifStale } from './stale.mjs';

const INPUTS = ['Cargo.toml', 'Cargo.lock', '.cargo/config.toml', 'src', 'package-lock.json', 'scripts/build/wasm.mjs'];

// The features that rustc uses for this target, including SIMD from .cargo/config.toml.
const FEATURES = [
  'bulk-memory',
  'bulk-memory-opt',
  'multivalue',
  'mutable-globals',
  'nontrapping-float-to-int',
  'reference-types',
  'sign-ext',
  'simd',
];

/** The modules, each named by the cargo feature that it is built with. */
export const MODULES = ['core', 'parts', 'formats', 'fix'];

/** Builds dist/*.wasm and js/generated/, if they are stale. */
export function buildWasm(tools) {
  const outputs = MODULES.flatMap((name) => [
    join(dist, `${name}.wasm`),
    ...['js', 'd.ts'].map((kind) => join(generated, `${name}.${kind}`)),
  ]);
  return ifStale({ stamp: join(notes, 'wasm.stamp'), inputs: INPUTS, outputs }, async () => {
    say('building the wasm');
    const start = performance.now();
    for (const folder of [dist, generated]) mkdirSync(folder, { recursive: true });
    const finished = [];
    for (const name of MODULES) {
      await compile(name, tools);
      const bound = join(notes, 'bindgen');
      await bind(name, bound, tools);
      // wasm-opt has only one thread, so the next module is compiled meanwhile.
      const finishing = finish(name, bound);
      // `Promise.all` below reports it.
      finishing.catch(() => {});
      finished.push(finishing);
    }
    await Promise.all(finished);
    say(`built the wasm in ${took(start)}`);
  });
}

/** Optimises and writes a module that wasm-bindgen has processed, and its glue. */
async function finish(name, bound) {
  const wasm = join(dist, `${name}.wasm`);
  const names = await optimise(join(bound, `${name}_bg.wasm`), wasm);
  refuseEnvImports(wasm);
  sign(wasm);
  const types = readFileSync(join(bound, `${name}.d.ts`), 'utf8');
  writeFileSync(join(generated, `${name}.d.ts`), types + ON_TRAP_TYPE);
  const glue = readFileSync(join(bound, `${name}.js`), 'utf8');
  writeFileSync(join(generated, `${name}.js`), watch(rename(name, glue, names)));
}

/** Builds a module without some of its parts, to measure its size; returns its path. */
export async function buildWithout(parts, name, tools) {
  const bound = join(notes, 'without', parts.join('-'));
  await compile(
    name,
    tools,
    parts.flatMap((part) => ['--cfg', `without="${part}"`]),
  );
  await bind(name, bound, tools);
  await optimise(join(bound, `${name}_bg.wasm`), join(bound, `${name}.wasm`));
  return join(bound, `${name}.wasm`);
}

// A panic is a trap without a message: texts for `{:?}` and source locations would take 5 KB that nobody reads. The LLVM options
// turn off optimisations that duplicate expressions, and inline only functions that are hardly longer than a call. The flags are
// unstable, so RUSTC_BOOTSTRAP is required; without them the module works, but is larger.
const RUSTFLAGS = [
  '-Zlocation-detail=none',
  '-Zfmt-debug=none',
  ...['-inline-threshold=15', '-enable-pre=false', '-disable-licm-promotion'].map((option) => `-Cllvm-args=${option}`),
];
// To omit the panic messages and the code that formats them, the standard library must be built for it.
const WITHOUT_MESSAGES = {
  CARGO_PROFILE_WASM_PANIC: 'immediate-abort',
  CARGO_UNSTABLE_PANIC_IMMEDIATE_ABORT: 'true',
};

async function compile(name, { toolchain }, more = []) {
  const env = {
    ...wasmEnv(toolchain),
    ...(toolchain.CARGO_UNSTABLE_BUILD_STD && WITHOUT_MESSAGES),
    RUSTC_BOOTSTRAP: '1',
  };
  await must(['cargo', 'fetch', '--quiet', ...locked, '--target', WASM_TARGET], { env });
  const flags = `target.${WASM_TARGET}.rustflags=${JSON.stringify([...RUSTFLAGS, ...shortenPaths()])}`;
  const what = ['--package', 'mediaferry', '--lib', '--profile', 'wasm', '--target', WASM_TARGET];
  const features = ['--no-default-features', '--features', name];
  await must(['cargo', 'rustc', ...locked, ...what, ...features, '--config', flags, '--', ...more], { env });
}

// Removes the folders of the build machine from the file names in panic messages, which also makes them shorter.
function shortenPaths() {
  const sources = join(process.env.CARGO_HOME || join(homedir(), '.cargo'), 'registry', 'src');
  const registries = existsSync(sources) ? readdirSync(sources) : [];
  return registries.map((registry) => `--remap-path-prefix=${join(sources, registry)}/=`);
}

async function bind(name, bound, { bindgen }) {
  await must([bindgen, join(wasmTarget, WASM_TARGET, 'wasm', 'mediaferry.wasm'), bound, name]);
}

// Skips passes whose output is shorter, but compresses worse: repetitive code compresses well, for example calls instead of inlined
// functions, and straight code with a local for each step.
const COMPRESSIBLE = [
  '--one-caller-inline-max-function-size=0',
  '--always-inline-max-function-size=5',
  '--skip-pass=simplify-locals',
  '--skip-pass=local-cse',
  // No object is at an address below 1024, because rustc puts the stack first.
  '--low-memory-unused',
];

// Imports and exports have long names with hashes, which do not compress. They are renamed to `a`, `b`, `c` in the module and the
// glue. Returns the map of these names.
async function optimise(module, out) {
  const wasmOpt = join(root, 'node_modules', 'binaryen', 'bin', 'wasm-opt');
  const features = FEATURES.map((name) => `--enable-${name}`);
  const files = [module, '-o', out];
  const passes = ['-Oz', '-Oz', ...COMPRESSIBLE, '--strip-target-features', '--minify-imports-and-exports-and-modules'];
  const map = await ask([process.execPath, wasmOpt, ...passes, ...features, ...files]);
  if (!map) throw new CommandError('wasm-opt failed');
  return JSON.parse(map);
}

/** Renames modules, imports (`[module, name, short]`) and exports (`[name, short]`) in the glue, according to the map. */
function rename(name, glue, { imports, exports }) {
  const short = new Map([
    ...imports.map(([, name, short]) => [`${name}: function`, `${short}: function`]),
    ...exports.map(([name, short]) => [`wasm.${name}`, `wasm.${short}`]),
    [`"./${name}_bg.js": import0`, 'a: import0'],
  ]);
  return glue.replace(/"\.\/\w+_bg\.js": import0|\bwasm\.\w+|\b__wb\w+: function/g, (long) => short.get(long) ?? long);
}

// After an exception has left the module, its state may be inconsistent, so nothing may call it again.
const WATCH = `
let trapped = () => {};
export function onTrap(handler) {
    trapped = handler;
}
function watched(exports) {
    let dead = false;
    const watch = (call) => (...args) => {
        if (dead) return;
        try {
            return call(...args);
        } catch (error) {
            dead = true;
            trapped(error);
            throw error;
        }
    };
    return Object.fromEntries(
        Object.entries(exports).map(([name, value]) => [name, typeof value === 'function' ? watch(value) : value]),
    );
}
`;
const ON_TRAP_TYPE = `
/** Calls the handler once an exception has left the module, after which its functions do nothing. */
export function onTrap(handler: (error: unknown) => void): void;
`;

/** Makes the glue report a trap, and ignore callbacks into a module that has been replaced. */
function watch(glue) {
  const replace = (text, from, to) => {
    if (!text.includes(from)) throw new CommandError(`wasm-bindgen's glue has no "${from}" any more.`);
    return text.replaceAll(from, to);
  };
  let watched = replace(glue, 'wasm = wasmInstance.exports;', 'wasm = watched(wasmInstance.exports);');
  watched = replace(watched, 'wasm = instance.exports;', 'wasm = watched(instance.exports);');
  // A module without a start function has no such export.
  watched = watched.replaceAll('wasm.__wbindgen_start()', 'wasm.__wbindgen_start?.()');
  return watched.replaceAll("throw new Error('Cannot invoke closure from previous WASM instance');", 'return;') + WATCH;
}

/** Writes a hash of the module into it, by which a page detects a module of another build. */
function sign(path) {
  const wasm = readFileSync(path);
  const content = Buffer.concat([short('mediaferry'), createHash('sha256').update(wasm).digest().subarray(0, 8)]);
  // A custom section (https://webassembly.github.io/spec/core/binary/modules.html#custom-section), shorter than 128 bytes.
  writeFileSync(path, Buffer.concat([wasm, Buffer.of(0, content.length), content]));
}

const short = (text) => Buffer.concat([Buffer.of(text.length), Buffer.from(text)]);

/** Throws if the module imports functions that no page provides, as C code and std's clock and random numbers do. */
export function refuseEnvImports(path) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(path)));
  const strangers = imports.filter(({ module }) => module === 'env').map(({ name }) => name);
  if (strangers.length) throw new CommandError(`${path} imports from "env": ${strangers.join(', ')}.`);
}
