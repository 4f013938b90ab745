// wasm-bindgen's command-line tool and test runner, in the version that Cargo.toml pins.

import { readText } from '../lib/paths.mjs';
import { cargoInstall, isInstalled } from './cargo-install.mjs';

const wanted = () => ({
  crate: 'wasm-bindgen-cli',
  version: /^wasm-bindgen = .*"=(\d+\.\d+\.\d+)"/m.exec(readText('Cargo.toml'))[1],
  programs: ['wasm-bindgen', 'wasm-bindgen-test-runner'],
  folder: 'wasm-bindgen',
  // The only default feature is TLS, which is needed only for browsers on other machines.
  options: ['--no-default-features'],
});

/** Returns whether the two programs are installed. */
export const hasWasmBindgen = () => isInstalled(wanted());

/** Installs the two programs if they are missing, and returns their paths. */
export async function wasmBindgen() {
  const [cli, testRunner] = await cargoInstall(wanted());
  return { cli, testRunner };
}
