// Guards: the wasm modules and the gateway must not contain certain crates and texts, and imports must have no cycles.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODULES, refuseEnvImports } from '../build/wasm.mjs';
import { dist } from '../lib/paths.mjs';
import { ask, CommandError } from '../lib/run.mjs';
import { WASM_TARGET } from '../setup/wasm-toolchain.mjs';
import { tally } from './count.mjs';
import { importCycles } from './cycles.mjs';

// Each would take between a fifth of the budget of the module and three times the budget.
const TOO_LARGE = ['serde_json', 'url', 'regex', 'chrono'];

// The gateway has real keys, so it must not contain code that mocks providers or stores files.
const DEVELOPMENT_ONLY = ['mediaferry-sandbox', 's3s', 's3s-fs', 'json-patch'];

/** Runs each guard and prints its result. */
export async function checkGuards() {
  const total = tally();
  for (const [name, check] of [
    ...MODULES.map((name) => [
      `${name}.wasm imports nothing from "env"`,
      () => refuseEnvImports(join(dist, `${name}.wasm`)),
    ]),
    [`the wasm is built without ${TOO_LARGE.join(', ')}`, () => refuseCrates('mediaferry', TOO_LARGE, WASM_TARGET)],
    [
      `the gateway is built without ${DEVELOPMENT_ONLY.join(', ')}`,
      () => refuseCrates('mediaferry-gateway', DEVELOPMENT_ONLY),
    ],
    ['fix.wasm contains limits of the providers, and none of their URLs', refuseProfiles],
    ['no modules of src/ or js/ import each other in a cycle', refuseCycles],
  ]) {
    try {
      await check();
      total.passed += 1;
      console.log(`ok: ${name}`);
    } catch (error) {
      total.failed += 1;
      console.log(`FAILED: ${name}: ${error.message}`);
    }
  }
  return total;
}

async function refuseCrates(crate, names, target) {
  const tree = ['tree', '--package', crate, '--edges', 'normal', '--prefix', 'none', '--format', '{p}'];
  const lines = (await ask(['cargo', ...tree, ...(target ? ['--target', target] : [])]))?.split('\n');
  const crates = lines?.map((line) => line.split(' ')[0]);
  if (!crates?.includes(crate)) throw new CommandError('`cargo tree` failed.');
  const found = names.filter((name) => crates.includes(name));
  if (found.length) throw new CommandError(`found ${found.join(', ')}.`);
}

/** If the limits of a provider are read from its profile, the whole profile is linked (see `Provider::rules`). */
function refuseProfiles() {
  const texts = readFileSync(join(dist, 'fix.wasm')).toString('latin1');
  const found = texts.match(/https:\/\/[\w.]+/g);
  if (found) throw new CommandError(`found ${found.join(', ')}.`);
}

function refuseCycles() {
  const cycles = importCycles().map((files) => files.join(' ↔ '));
  if (cycles.length) throw new CommandError(`found ${cycles.join('; ')}.`);
}
