// `npm start`: sets up, builds what is stale, and runs the gateway with the sandbox and the demo page; arguments go to the
// gateway.

import { build, gatewayBinary } from './build.mjs';
import { handOver } from './lib/run.mjs';
import { runScript } from './lib/say.mjs';

await runScript(async () => {
  await build();
  process.exitCode = await handOver([gatewayBinary(), '--sandbox', ...process.argv.slice(2)]);
});
