// Guards: what the wasm modules may not contain, and import cycles.

import { join } from 'node:path';
import { MODULES, refuseEnvImports } from '../build/wasm.mjs';
import { dist } from '../lib/paths.mjs';
import { ask, CommandError } from '../lib/run.mjs';
import { WASM_TARGET } from '../setup/wasm-toolchain.mjs';
import { tally } from './count.mjs';
import { importCycles } from './cycles.mjs';

// Each costs the module between a fifth and three times its whole budget.
const TOO_LARGE = ['serde_json', 'url', 'regex', 'chrono'];

/** Runs each guard and prints how it went. */
export async function checkGuards() {
  const total = tally();
  for (const [name, check] of [
    ...MODULES.map((name) => [
      `${name}.wasm imports nothing from "env"`,
      () => refuseEnvImports(join(dist, `${name}.wasm`)),
    ]),
    [`the wasm is built without ${TOO_LARGE.join(', ')}`, refuseLargeCrates],
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

async function refuseLargeCrates() {
  const tree = ['tree', '--package', 'mediaferry', '--target', WASM_TARGET, '--edges', 'normal', '--prefix', 'none'];
  const names = (await ask(['cargo', ...tree, '--format', '{p}']))?.split('\n').map((line) => line.split(' ')[0]);
  if (!names?.includes('mediaferry')) throw new CommandError('`cargo tree` did not work.');
  const found = TOO_LARGE.filter((name) => names.includes(name));
  if (found.length) throw new CommandError(`found ${found.join(', ')}.`);
}

function refuseCycles() {
  const cycles = importCycles().map((files) => files.join(' ↔ '));
  if (cycles.length) throw new CommandError(`found ${cycles.join('; ')}.`);
}
