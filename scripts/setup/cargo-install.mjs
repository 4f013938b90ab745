// Installs tools from crates.io into the cache, which several checkouts share.

import { join } from 'node:path';
import { cache } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';
import { isProgram } from '../lib/which.mjs';

const placeOf = ({ folder, version }) => join(cache, `${folder}-${version}`);
const pathsOf = ({ programs, ...crate }) => programs.map((name) => join(placeOf(crate), 'bin', name));

/** Returns whether all `programs` of a crate are installed. */
export const isInstalled = (crate) => pathsOf(crate).every(isProgram);

/** Returns the paths of a crate's `programs`, in order. If one is missing, builds all with cargo's `options`. */
export async function cargoInstall(wanted) {
  if (!isInstalled(wanted)) {
    const { crate, version, options } = wanted;
    say(`building ${crate} ${version} (cargo install), which takes a few minutes once`);
    await must(['cargo', 'install', crate, '--version', version, '--locked', ...options, '--root', placeOf(wanted)], {
      // Optimised for a short build, because the tool runs only for a moment.
      env: {
        CARGO_TARGET_DIR: undefined,
        CARGO_PROFILE_RELEASE_OPT_LEVEL: '0',
        CARGO_PROFILE_RELEASE_LTO: 'off',
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
      },
    });
  }
  return pathsOf(wanted);
}
