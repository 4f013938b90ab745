// wasm-bindgen's command-line tool and test runner, in the version that Cargo.toml pins.

import { readText } from '../lib/paths.mjs';
import { cargoInstall } from './cargo-install.mjs';

/** Installs the two programs if they are missing, and tells where they are. */
export async function wasmBindgen() {
  const version = /^wasm-bindgen = .*"=(\d+\.\d+\.\d+)"/m.exec(readText('Cargo.toml'))[1];
  const programs = ['wasm-bindgen', 'wasm-bindgen-test-runner'];
  const [cli, testRunner] = await cargoInstall('wasm-bindgen-cli', version, programs, 'wasm-bindgen');
  return { cli, testRunner };
}
