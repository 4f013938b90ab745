// The sandbox: a native program, built by cargo.

import { join } from 'node:path';
import { nativeTarget, root } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { say, took } from '../lib/say.mjs';
import { locked, nativeEnv } from './cargo.mjs';
import { ifStale } from './stale.mjs';

const CRATES = ['gateway', 'sandbox'].flatMap((crate) => [`${crate}/Cargo.toml`, `${crate}/src`]);
const INPUTS = ['Cargo.toml', 'Cargo.lock', '.cargo/config.toml', 'src', ...CRATES];

/** The path of the program after the build. */
export const sandboxBinary = () => join(nativeTarget, 'debug', 'mediaferry-sandbox');

/**
 * Builds the sandbox, if it is stale. If the native tests have been built (`withTests`), it is built together with them: they
 * enable more features of the same dependencies, and a build of the sandbox alone would compile the dependencies again.
 */
export function buildSandbox({ withTests = false } = {}) {
  const stamp = join(nativeTarget, 'sandbox.stamp');
  return ifStale({ stamp, inputs: INPUTS, facts: [root], outputs: [sandboxBinary()] }, async () => {
    say('building the sandbox');
    const start = performance.now();
    const what = withTests ? ['test', '--no-run', '--workspace'] : ['build', '--package', 'mediaferry-sandbox'];
    await must(['cargo', ...what, ...locked], { env: nativeEnv });
    say(`built the sandbox in ${took(start)}`);
  });
}
