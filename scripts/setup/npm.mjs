// The npm packages that package-lock.json names.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readText, root } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';

/** Installs the packages if node_modules is not what the lock file says. */
export async function npmPackages() {
  if (installedAsLocked()) return;
  say('installing the npm packages (npm ci)');
  await must(['npm', 'ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error']);
}

// npm notes what it installed; packages for other platforms are optional and not in that note.
function installedAsLocked() {
  const note = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(note)) return false;
  const installed = JSON.parse(readFileSync(note, 'utf8')).packages;
  const { '': _project, ...wanted } = JSON.parse(readText('package-lock.json')).packages;
  return (
    Object.keys(installed).every((path) => path in wanted) &&
    Object.entries(wanted).every(([path, { version, optional }]) =>
      path in installed ? installed[path].version === version : optional,
    )
  );
}
