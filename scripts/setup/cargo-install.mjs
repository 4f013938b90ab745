// Tools that cargo builds from crates.io, kept in the cache between checkouts.

import { join } from 'node:path';
import { cache } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';
import { isProgram } from '../lib/which.mjs';

const placeOf = ({ folder, version }) => join(cache, `${folder}-${version}`);
const pathsOf = ({ programs, ...crate }) => programs.map((name) => join(placeOf(crate), 'bin', name));

/** Whether all `programs` of a crate are there. */
export const isInstalled = (crate) => pathsOf(crate).every(isProgram);

/** The paths of a crate's `programs`, in their order, building them with cargo's `options` if one is missing. */
export async function cargoInstall(wanted) {
  if (!isInstalled(wanted)) {
    const { crate, version, options } = wanted;
    say(`building ${crate} ${version} (cargo install), which takes a few minutes once`);
    await must(['cargo', 'install', crate, '--version', version, '--locked', ...options, '--root', placeOf(wanted)], {
      // Built quickly rather than to run quickly: it runs for a moment only.
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
