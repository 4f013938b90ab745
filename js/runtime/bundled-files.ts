// The files that `mediaferry` loads from beside itself, and a copy of each as a fallback. For the entries `inline`, `slim` and
// `standalone`, the build substitutes bundled-files-inline.ts, -slim.ts or -standalone.ts for this module.

import type { Host } from './run-core.js';

/** One file of the package, as a URL, as a copy, both or neither. */
export interface BundledFile<T> {
  /** Its URL. Bundlers recognise exactly this expression and copy the file: a literal in the same folder, without a query. */
  url?: () => URL;
  /** Its content. */
  copy?: () => Promise<T>;
}

// The copies are two dynamic imports away: some frameworks (Nuxt) make pages prefetch every script that is one away.
const fallbacks = () => import('./fallbacks.js');

export const core: BundledFile<BufferSource> = {
  url: () => new URL('./core.wasm', import.meta.url),
  copy: async () => (await fallbacks()).core(),
};

export const parts: BundledFile<BufferSource> = {
  url: () => new URL('./parts.wasm', import.meta.url),
  copy: async () => (await fallbacks()).parts(),
};

export const formats: BundledFile<BufferSource> = {
  url: () => new URL('./formats.wasm', import.meta.url),
  copy: async () => (await fallbacks()).formats(),
};

export const fix: BundledFile<BufferSource> = {
  url: () => new URL('./fix.wasm', import.meta.url),
  copy: async () => (await fallbacks()).fix(),
};

/** The copy is a URL of the script, too. */
export const worker: BundledFile<string> = {
  url: () => new URL('./worker.js', import.meta.url),
  copy: async () => (await fallbacks()).worker(),
};

export const partsWorker: BundledFile<string> = {
  url: () => new URL('./parts-worker.js', import.meta.url),
  copy: async () => (await fallbacks()).partsWorker(),
};

export const drawWorker: BundledFile<string> = {
  url: () => new URL('./draw-worker.js', import.meta.url),
  copy: async () => (await fallbacks()).drawWorker(),
};

/** What runs a core without a worker. */
export const host = async (): Promise<Host> => (await fallbacks()).host();
export const partsHost = async (): Promise<Host> => (await fallbacks()).partsHost();
