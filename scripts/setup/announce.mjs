// Prints before the first start what will be installed and built, and about how long that takes.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sandboxBinary } from '../build/sandbox.mjs';
import { dist, root } from '../lib/paths.mjs';
import { say } from '../lib/say.mjs';
import { which } from '../lib/which.mjs';
import { hasBindgen } from './wasm-bindgen.mjs';

// Minutes on two idle cores, computed from the processor time of each step. A fast connection is assumed.
const STEPS = [
  {
    what: 'the npm packages',
    minutes: 0.3,
    isThere: () => existsSync(join(root, 'node_modules', '.package-lock.json')),
  },
  { what: 'Rust', minutes: 0.7, isThere: () => which('cargo', 'rustup') },
  { what: 'wasm-bindgen', minutes: 0.4, isThere: hasBindgen },
  { what: 'the core as WebAssembly', minutes: 1.6, isThere: () => existsSync(join(dist, 'core.wasm')) },
  { what: 'the sandbox with the gateway', minutes: 2.2, isThere: () => existsSync(sandboxBinary()) },
];

/** Prints what is missing; nothing if everything has been installed and built before. */
export function announce() {
  const missing = STEPS.filter(({ isThere }) => !isThere());
  if (missing.length === 0) return;
  const minutes = Math.ceil(missing.reduce((sum, { minutes }) => sum + minutes, 0));
  const time = minutes === 1 ? 'a minute' : `${minutes} minutes`;
  say(`installing and building what is missing, which takes about ${time} on 2 cores:`);
  for (const { what } of missing) say(`  ${what}`);
  say('later starts build only what has changed');
}
