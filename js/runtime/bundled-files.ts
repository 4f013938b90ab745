// The files that `mediaferry` finds beside itself, and a copy of each for where it does not. For the entries `inline` and
// `slim` the build puts bundled-files-inline.ts or bundled-files-slim.ts in the place of this module.

/** One file of the package; either way to it may be missing. */
export interface BundledFile {
  /** Where it is. Bundlers copy the file because of the very expression behind this: literal, one level, no query. */
  url?: () => URL;
  /** Its text, or its gzipped bytes in base64, from a module that is loaded only when it is needed. */
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

export const worker: BundledFile = {
  url: () => new URL('./worker.js', import.meta.url),
  inlined: async () => (await import('./inline-worker.js')).default,
};
