// The core as WebAssembly: cargo, then wasm-bindgen, then wasm-opt.

import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { dist, generated, notes, root, wasmTarget } from '../lib/paths.mjs';
import { CommandError, must } from '../lib/run.mjs';
import { say, took } from '../lib/say.mjs';
import { WASM_TARGET } from '../setup/wasm-toolchain.mjs';
import { locked, wasmEnv } from './cargo.mjs';
import { ifStale } from './stale.mjs';

const INPUTS = ['Cargo.toml', 'Cargo.lock', '.cargo/config.toml', 'src', 'package-lock.json', 'scripts/build/wasm.mjs'];
const bound = join(notes, 'bindgen');

// What rustc emits for this target today, SIMD from .cargo/config.toml included.
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

/** Builds dist/core.wasm and js/generated/, if they are stale. */
export function buildWasm({ toolchain, bindgen }) {
  const outputs = [join(dist, 'core.wasm'), join(generated, 'core.js'), join(generated, 'core.d.ts')];
  return ifStale({ stamp: join(notes, 'wasm.stamp'), inputs: INPUTS, outputs }, async () => {
    say('building the core (wasm)');
    const start = performance.now();
    await compile(wasmEnv(toolchain));
    await bind(bindgen);
    await optimise();
    refuseEnvImports(join(dist, 'core.wasm'));
    say(`built the core in ${took(start)}`);
  });
}

async function compile(env) {
  await must(['cargo', 'fetch', '--quiet', ...locked, '--target', WASM_TARGET], { env });
  const flags = `target.${WASM_TARGET}.rustflags=${JSON.stringify(shortenPaths())}`;
  const what = ['--package', 'mediaferry', '--lib', '--profile', 'wasm', '--target', WASM_TARGET];
  await must(['cargo', 'build', ...locked, ...what, '--config', flags], { env });
}

// Panic messages name source files: without the folders of whoever built it, and shorter.
function shortenPaths() {
  const sources = join(process.env.CARGO_HOME || join(homedir(), '.cargo'), 'registry', 'src');
  const registries = existsSync(sources) ? readdirSync(sources) : [];
  return registries.map((registry) => `--remap-path-prefix=${join(sources, registry)}/=`);
}

async function bind(bindgen) {
  const module = join(wasmTarget, WASM_TARGET, 'wasm', 'mediaferry.wasm');
  const target = ['--target', 'web', '--omit-default-module-path', '--out-name', 'core', '--out-dir', bound];
  await must([bindgen, ...target, '--remove-name-section', '--remove-producers-section', module]);
  mkdirSync(generated, { recursive: true });
  for (const file of ['core.js', 'core.d.ts']) copyFileSync(join(bound, file), join(generated, file));
}

async function optimise() {
  mkdirSync(dist, { recursive: true });
  const wasmOpt = join(root, 'node_modules', 'binaryen', 'bin', 'wasm-opt');
  const features = FEATURES.map((name) => `--enable-${name}`);
  const files = [join(bound, 'core_bg.wasm'), '-o', join(dist, 'core.wasm')];
  await must([process.execPath, wasmOpt, '-Oz', '--converge', '--strip-target-features', ...features, ...files]);
}

/** Throws if the module needs functions that no page provides: a sign of C code or of std's own clock or random numbers. */
export function refuseEnvImports(path) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(path)));
  const strangers = imports.filter(({ module }) => module === 'env').map(({ name }) => name);
  if (strangers.length) throw new CommandError(`${path} imports from "env": ${strangers.join(', ')}.`);
}
