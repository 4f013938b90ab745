// Tools that cargo builds from crates.io, kept in the cache between checkouts.

import { join } from 'node:path';
import { cache } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';
import { isProgram } from '../lib/which.mjs';

/** The paths of a crate's `programs`, in their order, building them if one is missing. */
export async function cargoInstall(crate, version, programs, folder = crate) {
  const place = join(cache, `${folder}-${version}`);
  const paths = programs.map((name) => join(place, 'bin', name));
  if (!paths.every(isProgram)) {
    say(`building ${crate} ${version} (cargo install), which takes a few minutes once`);
    await must(['cargo', 'install', crate, '--version', version, '--locked', '--root', place], {
      // Built quickly rather than to run quickly: it runs for a moment only.
      env: {
        CARGO_TARGET_DIR: undefined,
        CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
        CARGO_PROFILE_RELEASE_LTO: 'off',
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
      },
    });
  }
  return paths;
}
