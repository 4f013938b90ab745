// `npm run bench`: builds, then runs every benches/*.bench.mjs, one after another.

import { filesIn } from './build/stale.mjs';
import { build, sandboxBinary } from './build.mjs';
import { must } from './lib/run.mjs';
import { runScript } from './lib/say.mjs';
import { setup } from './setup.mjs';

await runScript(async () => {
  await build();
  const env = { ...(await setup.chromium()), MEDIAFERRY_SANDBOX: sandboxBinary() };
  for (const file of filesIn('benches').filter((name) => name.endsWith('.bench.mjs'))) {
    await must([process.execPath, file, ...process.argv.slice(2)], { env });
  }
});
