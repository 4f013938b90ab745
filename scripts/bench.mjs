// `npm run bench`: builds the package, then measures it beside its peers; `-- --help` prints the options.

import { join } from 'node:path';
import { readOptions } from '../benches/node/options.mjs';
import { buildPackage } from './build.mjs';
import { root } from './lib/paths.mjs';
import { must } from './lib/run.mjs';
import { runScript } from './lib/say.mjs';

await runScript(async () => {
  const args = process.argv.slice(2);
  const { help, list, dist } = readOptions(args);
  if (!(help || list || dist)) await buildPackage();
  await must([process.execPath, join(root, 'benches', 'run.mjs'), ...args]);
});
