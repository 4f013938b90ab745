// `npm run shots`: builds, then takes pictures of the element and the demo in every state; they are in shots/.

import { join } from 'node:path';
import { build, sandboxBinary } from './build.mjs';
import { root } from './lib/paths.mjs';
import { must } from './lib/run.mjs';
import { runScript } from './lib/say.mjs';
import { setup } from './setup.mjs';

await runScript(async () => {
  await build();
  const env = { ...(await setup.chromium()), MEDIAFERRY_SANDBOX: sandboxBinary() };
  await must([process.execPath, join(root, 'scripts', 'shots', 'take.mjs'), ...process.argv.slice(2)], { env });
});
