// npm calls this before and after `npm pack` and `npm publish`: the package is built, and the README in the tarball has links
// that work outside the repository.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mapLinks, repositoryLink } from './lib/links.mjs';
import { readText, root } from './lib/paths.mjs';
import { CommandError } from './lib/run.mjs';
import { isMain, printsToStderr, runScript } from './lib/say.mjs';

const README = join(root, 'README.md');
/** Where the repository's README is kept, while README.md has links to the repository. */
const KEPT = join(root, '.cache', 'README.md');

/** Returns the README with links to the files of this version in the repository. */
export function packedReadme(readme) {
  const { version } = JSON.parse(readText('package.json'));
  return mapLinks(readme, (target, { image }) => repositoryLink(target, { revision: `v${version}`, image }));
}

async function before() {
  after();
  // Imported on demand, because the build scripts require the npm packages of this checkout.
  const { buildPackage } = await import('./build.mjs');
  await buildPackage();
  const readme = readFileSync(README, 'utf8');
  mkdirSync(dirname(KEPT), { recursive: true });
  writeFileSync(KEPT, readme);
  writeFileSync(README, packedReadme(readme));
}

/** Restores the README, also after an interrupted `npm pack`, unless it has been edited since. */
function after() {
  if (!existsSync(KEPT)) return;
  const readme = readFileSync(KEPT, 'utf8');
  if (readFileSync(README, 'utf8') === packedReadme(readme)) writeFileSync(README, readme);
  rmSync(KEPT);
}

if (isMain(import.meta)) {
  await runScript(async () => {
    const step = { before, after }[process.argv[2]];
    if (!step) throw new CommandError('usage: node scripts/pack.mjs before|after');
    // npm prints the tarball's name, or its contents as JSON, on stdout, so the output of the build goes to stderr.
    printsToStderr();
    await step();
  });
}
