// wasm-bindgen's command-line tool and test runner, in the version that Cargo.toml pins.

import { join } from 'node:path';
import { cache, readText } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';
import { isProgram } from '../lib/which.mjs';

/** Installs the two programs if they are missing, and tells where they are. */
export async function wasmBindgen() {
  const version = /^wasm-bindgen = .*"=(\d+\.\d+\.\d+)"/m.exec(readText('Cargo.toml'))[1];
  const folder = join(cache, `wasm-bindgen-${version}`);
  const programs = {
    cli: join(folder, 'bin', 'wasm-bindgen'),
    testRunner: join(folder, 'bin', 'wasm-bindgen-test-runner'),
  };
  if (!Object.values(programs).every(isProgram)) {
    say(`building wasm-bindgen ${version} (cargo install), which takes a few minutes once`);
    await must(['cargo', 'install', 'wasm-bindgen-cli', '--version', version, '--locked', '--root', folder], {
      // Built quickly rather than to run quickly: it runs for a moment only.
      env: {
        CARGO_TARGET_DIR: undefined,
        CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
        CARGO_PROFILE_RELEASE_LTO: 'off',
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
      },
    });
  }
  return programs;
}
