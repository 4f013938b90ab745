// Builds the static gateway and prints its folder, which is the build context of deploy/Containerfile.

import { dirname } from 'node:path';
import { buildStaticGateway } from '../build/gateway.mjs';
import { cargoReady } from '../build.mjs';
import { CommandError } from '../lib/run.mjs';
import { printsToStderr, runScript } from '../lib/say.mjs';

await runScript(async () => {
  const print = printsToStderr();
  await cargoReady();
  const program = await buildStaticGateway();
  if (!program) throw new CommandError('the musl target of Rust, or musl-gcc, is not installed.');
  print(`${dirname(program)}\n`);
});
