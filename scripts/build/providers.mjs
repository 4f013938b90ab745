// Generates from the Rust code what the package contains about providers: the data of providers(), and the types of options.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generated, nativeTarget, notes } from '../lib/paths.mjs';
import { ask, CommandError, must } from '../lib/run.mjs';
import { locked, nativeEnv } from './cargo.mjs';
import { optionNames, optionTypes } from './option-types.mjs';
import { ifStale } from './stale.mjs';

const RUST = ['Cargo.toml', 'Cargo.lock', 'src', 'scripts/build/providers.mjs'];

/** Writes js/generated/providers.json and option-*.ts, if they are stale. The build of the gateway shares the compiled code. */
export async function buildProviders() {
  const data = join(generated, 'providers.json');
  await ifStale({ stamp: join(notes, 'providers.stamp'), inputs: RUST, outputs: [data] }, async () => {
    await must(['cargo', 'build', ...locked, '--package', 'mediaferry', '--bin', 'providers'], { env: nativeEnv });
    const json = await ask([join(nativeTarget, 'debug', 'providers')]);
    if (!json) throw new CommandError('the providers could not be printed');
    mkdirSync(generated, { recursive: true });
    writeFileSync(data, json);
  });
  const modules = { 'option-types': optionTypes, 'option-names': optionNames };
  const outputs = Object.keys(modules).map((name) => join(generated, `${name}.ts`));
  const inputs = ['js/generated/providers.json', 'scripts/build/option-types.mjs'];
  await ifStale({ stamp: join(notes, 'option-types.stamp'), inputs, outputs }, () => {
    const providers = JSON.parse(readFileSync(data, 'utf8'));
    for (const [name, module] of Object.entries(modules))
      writeFileSync(join(generated, `${name}.ts`), module(providers));
  });
}
