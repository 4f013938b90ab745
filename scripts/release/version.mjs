// `node scripts/release/version.mjs 0.2.0`: sets the version everywhere, and adds its section to the changelog.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readText, root } from '../lib/paths.mjs';
import { CommandError, must } from '../lib/run.mjs';
import { runScript } from '../lib/say.mjs';
import { VERSION_PLACES } from './fields.mjs';

await runScript(async () => {
  const [next] = process.argv.slice(2);
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(next ?? ''))
    throw new CommandError('usage: node scripts/release/version.mjs MAJOR.MINOR.PATCH');
  const { version } = JSON.parse(readText('package.json'));
  for (const [path, around] of Object.entries(VERSION_PLACES)) {
    const text = readText(path);
    if (!text.includes(around(version))) throw new CommandError(`${path} does not contain version ${version}.`);
    writeFileSync(join(root, path), text.replaceAll(around(version), around(next)));
  }
  const changelog = readText('CHANGELOG.md').replace('## Unreleased\n', `## Unreleased\n\n## ${next}\n`);
  writeFileSync(join(root, 'CHANGELOG.md'), changelog);
  // The lock files contain the version too.
  await must(['npm', 'install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund']);
  await must(['cargo', 'update', '--workspace', '--offline']);
});
