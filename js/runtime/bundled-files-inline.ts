// For `mediaferry/inline`: all files are inlined, and none is loaded from beside the script.

import * as clientScript from './client.js';
import inlineCore from './inline-core.js';
import inlineWorker from './inline-worker.js';
import type { PackageFiles } from './package-files.js';
import { scriptUrl, unpack } from './unpack.js';

export const client = async () => clientScript;

// Few pages need the others, so they are scripts that are loaded on demand. A bundler may include them in a single file.
export const files: PackageFiles = {
  cores: {
    core: {
      wasm: { copy: () => unpack(inlineCore) },
      script: { copy: async () => scriptUrl(inlineWorker) },
      host: () => import('./host.js'),
    },
    parts: {
      wasm: { copy: async () => unpack((await import('./inline-parts.js')).default) },
      script: { copy: async () => scriptUrl((await import('./inline-parts-worker.js')).default) },
      host: () => import('./parts-host.js'),
    },
  },
  formats: { copy: async () => unpack((await import('./inline-formats.js')).default) },
  fix: { copy: async () => unpack((await import('./inline-fix.js')).default) },
  drawWorker: { copy: async () => scriptUrl((await import('./inline-draw-worker.js')).default) },
};
