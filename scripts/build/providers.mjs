// What the package's providers() gives: data, printed by the same Rust that the core is made of.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generated, nativeTarget, notes } from '../lib/paths.mjs';
import { ask, CommandError, must } from '../lib/run.mjs';
import { locked, nativeEnv } from './cargo.mjs';
import { ifStale } from './stale.mjs';

const INPUTS = ['Cargo.toml', 'Cargo.lock', 'src', 'scripts/build/providers.mjs'];

/** Writes js/generated/providers.json, if it is stale. The gateway's build shares what this compiles. */
export function buildProviders() {
  const output = join(generated, 'providers.json');
  return ifStale({ stamp: join(notes, 'providers.stamp'), inputs: INPUTS, outputs: [output] }, async () => {
    await must(['cargo', 'build', ...locked, '--package', 'mediaferry', '--bin', 'providers'], { env: nativeEnv });
    const json = await ask([join(nativeTarget, 'debug', 'providers')]);
    if (!json) throw new CommandError('the providers could not be printed');
    mkdirSync(generated, { recursive: true });
    writeFileSync(output, json);
  });
}
