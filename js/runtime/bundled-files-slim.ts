// For `mediaferry/slim`: no files are included; the page passes them to `init()`.

import type { PackageFiles } from './package-files.js';

export const client = () => import('./client.js');

export const files: PackageFiles = {
  cores: {
    core: { wasm: {}, script: {}, host: () => import('./host.js') },
    parts: { wasm: {}, script: {}, host: () => import('./parts-host.js') },
  },
  formats: {},
  fix: {},
  drawWorker: {},
};
