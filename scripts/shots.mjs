// `npm run shots`: builds, then takes pictures of the element and the demo in every state; they are in shots/. With `readme`, it
// takes the picture in the README; with `uppy`, those of Uppy's Dashboard in the states of the element, to compare them.

import { join } from 'node:path';
import { build, sandboxBinary } from './build.mjs';
import { root } from './lib/paths.mjs';
import { must } from './lib/run.mjs';
import { runScript } from './lib/say.mjs';
import { setup } from './setup.mjs';

await runScript(async () => {
  await build();
  const env = { ...(await setup.chromium()), MEDIAFERRY_SANDBOX: sandboxBinary() };
  const args = process.argv.slice(2);
  const script = ['readme', 'uppy'].includes(args[0]) ? `${args[0]}.mjs` : 'take.mjs';
  await must([process.execPath, join(root, 'scripts', 'shots', script), ...args], { env });
});
