// wasm-bindgen in the version that Cargo.toml pins: what writes the glue of a module, and the test runner.

import { join } from 'node:path';
import { hashOf } from '../build/stale.mjs';
import { readText, root } from '../lib/paths.mjs';
import { cargoInstall, isInstalled } from './cargo-install.mjs';

const bindgenCrate = () => ({
  title: 'wasm-bindgen',
  programs: ['mediaferry-bindgen'],
  folder: `bindgen-${hashOf(['scripts/bindgen/Cargo.lock', 'scripts/bindgen/src']).slice(0, 8)}`,
  options: ['--path', join(root, 'scripts', 'bindgen')],
});

/** Returns whether the program that writes the glue is installed. */
export const hasBindgen = () => isInstalled(bindgenCrate());

/** Installs the program that writes the glue, if it is missing. Returns its path. */
export async function bindgen() {
  const [program] = await cargoInstall(bindgenCrate());
  return program;
}

/** Installs the test runner, if it is missing. Returns its path. */
export async function bindgenTestRunner() {
  const version = /^wasm-bindgen = .*"=(\d+\.\d+\.\d+)"/m.exec(readText('Cargo.toml'))[1];
  const program = 'wasm-bindgen-test-runner';
  const [testRunner] = await cargoInstall({
    title: `wasm-bindgen's test runner ${version}`,
    programs: [program],
    folder: `wasm-bindgen-${version}`,
    // The only default feature is TLS, which is needed only for browsers on other machines.
    options: ['wasm-bindgen-cli', '--version', version, '--bin', program, '--no-default-features'],
  });
  return testRunner;
}
