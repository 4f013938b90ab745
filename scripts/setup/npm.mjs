// Installs the npm packages of package-lock.json.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';

/** Installs the packages, unless node_modules matches the lock file. */
export async function npmPackages() {
  if (installedAsLocked(root)) return;
  say('installing the npm packages (npm ci)');
  await must(['npm', 'ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error']);
}

/** Returns whether the node_modules of a folder match its lock file. */
export function installedAsLocked(folder) {
  // npm lists what it has installed; packages for other platforms are optional and not listed.
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
