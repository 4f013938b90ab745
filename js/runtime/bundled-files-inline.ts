// For `mediaferry/inline`: all files are inlined, and none is loaded from beside the script.

import type { BundledFile } from './bundled-files.js';
import inlineCore from './inline-core.js';
import inlineWorker from './inline-worker.js';
import { scriptUrl, unpack } from './unpack.js';

export const core: BundledFile<BufferSource> = { copy: () => unpack(inlineCore) };
/** Few pages need it, so it is a script that is loaded on demand. A bundler may include it in a single file. */
export const formats: BundledFile<BufferSource> = {
  copy: async () => unpack((await import('./inline-formats.js')).default),
};
export const worker: BundledFile<string> = { copy: async () => scriptUrl(inlineWorker) };
export const host = () => import('./host.js');
