// The npm packages that package-lock.json names.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';

/** Installs the packages if node_modules is not what the lock file says. */
export async function npmPackages() {
  if (installedAsLocked(root)) return;
  say('installing the npm packages (npm ci)');
  await must(['npm', 'ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error']);
}

/** Whether the node_modules of a folder are what its lock file says. */
export function installedAsLocked(folder) {
  // npm notes what it installed; packages for other platforms are optional and not in that note.
  const note = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(note)) return false;
  const installed = JSON.parse(readFileSync(note, 'utf8')).packages;
  const { '': _project, ...wanted } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
  return (
    Object.keys(installed).every((path) => path in wanted) &&
    Object.entries(wanted).every(([path, { version, optional }]) =>
      path in installed ? installed[path].version === version : optional,
    )
  );
}
