// For `mediaferry/inline`: all files are inlined, and none is loaded from beside the script.

import type { BundledFile } from './bundled-files.js';
import inlineCore from './inline-core.js';
import inlineWorker from './inline-worker.js';

export const core: BundledFile = { inlined: async () => inlineCore };
/** Few pages need these, so they are scripts that are loaded on demand. A bundler may include them in a single file. */
export const formats: BundledFile = { inlined: async () => (await import('./inline-formats.js')).default };
export const fix: BundledFile = { inlined: async () => (await import('./inline-fix.js')).default };
export const drawWorker: BundledFile = { inlined: async () => (await import('./inline-draw-worker.js')).default };
export const worker: BundledFile = { inlined: async () => inlineWorker };
