// `npm start`: sets up, builds what is stale, and runs the sandbox with the gateway and the demo page; arguments are passed
// to the sandbox.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, sandboxBinary } from './build.mjs';
import { root } from './lib/paths.mjs';
import { handOver } from './lib/run.mjs';
import { runScript, say } from './lib/say.mjs';
import { announce } from './setup/announce.mjs';

// cargo sees a pipe instead of a terminal, so it is told to use colours.
if (process.stdout.isTTY)
  Object.assign(process.env, {
    CARGO_TERM_COLOR: 'always',
    CARGO_TERM_PROGRESS_WHEN: 'always',
    CARGO_TERM_PROGRESS_WIDTH: '80',
  });

await runScript(async () => {
  announce();
  await build();
  const hasDocs = existsSync(join(root, 'site', 'dist', 'docs'));
  say(hasDocs ? 'the documentation is at /docs/' : '`npm run docs` builds the documentation, which is then at /docs/');
  process.exitCode = await handOver([sandboxBinary(), ...process.argv.slice(2)]);
});
