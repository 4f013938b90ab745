// Builds the static gateway and prints the folder that it is in, which is the context of deploy/Containerfile.

import { dirname } from 'node:path';
import { buildStaticGateway } from '../build/gateway.mjs';
import { cargoReady } from '../build.mjs';
import { CommandError } from '../lib/run.mjs';
import { printsToStderr, runScript } from '../lib/say.mjs';

await runScript(async () => {
  const print = printsToStderr();
  await cargoReady();
  const program = await buildStaticGateway();
  if (!program) throw new CommandError('there is no musl target or musl-gcc here.');
  print(`${dirname(program)}\n`);
});
