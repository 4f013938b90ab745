// wasm-bindgen's command-line tool and test runner, in the version that Cargo.toml pins.

import { readText } from '../lib/paths.mjs';
import { cargoInstall, isInstalled } from './cargo-install.mjs';

const wanted = () => ({
  crate: 'wasm-bindgen-cli',
  version: /^wasm-bindgen = .*"=(\d+\.\d+\.\d+)"/m.exec(readText('Cargo.toml'))[1],
  programs: ['wasm-bindgen', 'wasm-bindgen-test-runner'],
  folder: 'wasm-bindgen',
  // Its only feature is TLS, for browsers on other machines.
  options: ['--no-default-features'],
});

/** Whether the two programs are there. */
export const hasWasmBindgen = () => isInstalled(wanted());

/** Installs the two programs if they are missing, and tells where they are. */
export async function wasmBindgen() {
  const [cli, testRunner] = await cargoInstall(wanted());
  return { cli, testRunner };
}
