// The files that `mediaferry` loads from beside itself, and an inlined copy of each as a fallback. For the entries `inline`
// and `slim`, the build substitutes bundled-files-inline.ts or bundled-files-slim.ts for this module.

/** One file of the package, as a URL, as an inlined copy, both or neither. */
export interface BundledFile {
  /** Its URL. Bundlers recognise exactly this expression and copy the file: a literal in the same folder, without a query. */
  url?: () => URL;
  /** Its text, or its gzipped bytes in base64, from a module that is loaded on demand. */
  inlined?: () => Promise<string>;
}

export const core: BundledFile = {
  url: () => new URL('./core.wasm', import.meta.url),
  inlined: async () => (await import('./inline-core.js')).default,
};

export const formats: BundledFile = {
  url: () => new URL('./formats.wasm', import.meta.url),
  inlined: async () => (await import('./inline-formats.js')).default,
};

export const fix: BundledFile = {
  url: () => new URL('./fix.wasm', import.meta.url),
  inlined: async () => (await import('./inline-fix.js')).default,
};

export const worker: BundledFile = {
  url: () => new URL('./worker.js', import.meta.url),
  inlined: async () => (await import('./inline-worker.js')).default,
};

export const drawWorker: BundledFile = {
  url: () => new URL('./draw-worker.js', import.meta.url),
  inlined: async () => (await import('./inline-draw-worker.js')).default,
};
