// For `mediaferry/inline`: all files are inlined, and none is loaded from beside the script.

import type { BundledFile } from './bundled-files.js';
import inlineCore from './inline-core.js';
import inlineWorker from './inline-worker.js';
import { scriptUrl, unpack } from './unpack.js';

export const core: BundledFile<BufferSource> = { copy: () => unpack(inlineCore) };
/** Few pages need these, so they are scripts that are loaded on demand. A bundler may include them in a single file. */
export const parts: BundledFile<BufferSource> = {
  copy: async () => unpack((await import('./inline-parts.js')).default),
};
export const formats: BundledFile<BufferSource> = {
  copy: async () => unpack((await import('./inline-formats.js')).default),
};
export const fix: BundledFile<BufferSource> = {
  copy: async () => unpack((await import('./inline-fix.js')).default),
};
export const drawWorker: BundledFile<string> = {
  copy: async () => scriptUrl((await import('./inline-draw-worker.js')).default),
};
export const worker: BundledFile<string> = { copy: async () => scriptUrl(inlineWorker) };
export const partsWorker: BundledFile<string> = {
  copy: async () => scriptUrl((await import('./inline-parts-worker.js')).default),
};
export const host = () => import('./host.js');
export const partsHost = () => import('./parts-host.js');
