// Installs Rust programs into the cache, which several checkouts share.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cache } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';
import { isProgram } from '../lib/which.mjs';

const pathsOf = ({ programs, folder }) => programs.map((name) => join(cache, folder, 'bin', name));

/** Returns whether all programs are installed. */
export const isInstalled = (wanted) => pathsOf(wanted).every(isProgram);

/**
 * Returns the paths of the programs, in order. If one is missing, builds all.
 * @param {{ title: string, programs: string[], folder: string, options: string[] }} wanted
 *   `folder` is a folder of the cache, and `options` are those of `cargo install`, among them the crate
 */
export async function cargoInstall(wanted) {
  const { title, folder, options } = wanted;
  if (isInstalled(wanted)) return pathsOf(wanted);
  say(`building ${title}, which takes a minute or two once`);
  const target = mkdtempSync(join(tmpdir(), 'mediaferry-install-'));
  try {
    await must(['cargo', 'install', '--locked', ...options, '--root', join(cache, folder)], {
      // Optimised for a short build, because the programs run only for a moment.
      env: {
        CARGO_TARGET_DIR: target,
        CARGO_PROFILE_RELEASE_OPT_LEVEL: '0',
        CARGO_PROFILE_RELEASE_LTO: 'off',
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
      },
    });
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
  return pathsOf(wanted);
}
