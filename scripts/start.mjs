// `npm start`: sets up, builds what is stale, and runs the sandbox with the gateway and the demo page; arguments are passed
// to the sandbox.

import { build, sandboxBinary } from './build.mjs';
import { handOver } from './lib/run.mjs';
import { runScript } from './lib/say.mjs';

await runScript(async () => {
  await build();
  process.exitCode = await handOver([sandboxBinary(), ...process.argv.slice(2)]);
});
