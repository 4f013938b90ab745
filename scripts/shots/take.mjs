// Takes pictures of each state on two devices, in light, dark, right-to-left and forced colours.
// Arguments are regular expressions: only states whose names match one are taken.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGateway } from '../../tests/e2e/gateway.mjs';
import { root } from '../lib/paths.mjs';
import { during, launch } from './browser.mjs';
import { photograph } from './photograph.mjs';
import { PART, STATES } from './states.mjs';

const wanted = process.argv.slice(2).map((pattern) => new RegExp(pattern));

await during(async (life) => {
  const browser = await launch(life);
  const pages = {
    element: fileURLToPath(new URL('../../tests/e2e/element', import.meta.url)),
    demo: join(root, 'www'),
  };
  for (const [page, www] of Object.entries(pages)) {
    const states = Object.entries(STATES[page]).filter(([name]) => isWanted(`${page}-${name}`));
    if (states.length === 0) continue;
    const gateway = await startGateway(life, { www, args: ['--part-bytes', String(PART)] });
    for (const [name, reach] of states) {
      await photograph(life, browser, gateway.url, `${page}-${name}`, async (tab) => {
        await gateway.reset();
        await reach(tab, gateway);
      });
    }
  }
});

function isWanted(name) {
  return wanted.length === 0 || wanted.some((pattern) => pattern.test(name));
}
