// Modules of js/ with a scripted core.

import { bundled } from '../bundled.mjs';

const core = new URL('core.mjs', import.meta.url);

/** Returns what these statements export, as `bundled()` does, and the `script` of the core. */
export async function bundledWithScript(contents) {
  return await bundled(`${contents}; export { script } from './runtime/load-client.js';`, {
    'load-client': core,
    calls: core,
  });
}
