// `npm run docs`: builds the documentation site into site/dist/. `npm start` serves it at /docs/.

import { join } from 'node:path';
import { buildPackage } from './build.mjs';
import { checkSite } from './docs/check.mjs';
import { writePages } from './docs/pages.mjs';
import { writeReference } from './docs/reference.mjs';
import { root } from './lib/paths.mjs';
import { must } from './lib/run.mjs';
import { runScript, say, took } from './lib/say.mjs';
import { installedAsLocked } from './setup/npm.mjs';

const SITE = join(root, 'site');
const program = (path) => [process.execPath, join(SITE, 'node_modules', path)];

await runScript(async () => {
  const start = performance.now();
  await Promise.all([buildPackage(), install()]);
  say('building the documentation');
  await writePages();
  await writeReference();
  await must([...program('vitepress/bin/vitepress.js'), 'build', 'site']);
  checkSite();
  say(`built the documentation in ${took(start)}; \`npm start\` serves it at /docs/`);
});

/** Installs the npm packages that only the site needs. */
async function install() {
  if (installedAsLocked(SITE)) return;
  say('installing the npm packages of the documentation site');
  await must(['npm', 'ci', '--prefix', SITE, '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error']);
}
