// For `mediaferry/inline`: nothing lies beside it, all comes with the script.

import type { BundledFile } from './bundled-files.js';
import inlineCore from './inline-core.js';
import inlineWorker from './inline-worker.js';

export const core: BundledFile = { inlined: async () => inlineCore };
/** Few pages need it, so it is a script that is loaded when one does; a bundler that makes one file puts it there. */
export const formats: BundledFile = { inlined: async () => (await import('./inline-formats.js')).default };
export const worker: BundledFile = { inlined: async () => inlineWorker };
