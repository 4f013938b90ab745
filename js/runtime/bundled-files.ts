// The files that `mediaferry` loads from beside itself, and a copy of each as a fallback. For the entries `inline`, `slim` and
// `standalone`, the build substitutes bundled-files-inline.ts, -slim.ts or -standalone.ts for this module.

import type { PackageFiles } from './package-files.js';

/** The names of the files where no bundler has renamed them. */
const FILES = /\/((core|parts|formats|fix)\.wasm|(parts-|draw-)?worker\.js)$/;

/**
 * Returns the URL of a file of the package, or undefined if the file is not there, so that no page requests it in vain.
 * A bundler that knows the file has replaced the URL by its own. One that does not has put this script into another one.
 */
function found(url: URL): URL | undefined {
  const script = import.meta.url;
  const folder = (href: string) => href.replace(/[^/]*$/, '');
  const isMoved = !/\/index\.js($|\?)/.test(script) && folder(url.href) === folder(script) && FILES.test(url.href);
  // The development server of Bun names the file on the disk.
  const isOnDisk = url.protocol === 'file:' && /^http/.test(globalThis.location?.protocol ?? '');
  return isMoved || isOnDisk ? undefined : url;
}

// The copies are two dynamic imports away: some frameworks (Nuxt) make pages prefetch every script that is one away.
const fallbacks = () => import('./fallbacks.js');

/** What calls the core. */
export const client = () => import('./client.js');

// Bundlers recognise exactly the expressions in `found()` and copy the file: a literal in the same folder, without a query.
export const files: PackageFiles = {
  cores: {
    core: {
      wasm: { url: () => found(new URL('./core.wasm', import.meta.url)), copy: async () => (await fallbacks()).core() },
      script: {
        url: () => found(new URL('./worker.js', import.meta.url)),
        copy: async () => (await fallbacks()).worker(),
      },
      host: async () => (await fallbacks()).host(),
    },
    parts: {
      wasm: {
        url: () => found(new URL('./parts.wasm', import.meta.url)),
        copy: async () => (await fallbacks()).parts(),
      },
      script: {
        url: () => found(new URL('./parts-worker.js', import.meta.url)),
        copy: async () => (await fallbacks()).partsWorker(),
      },
      host: async () => (await fallbacks()).partsHost(),
    },
  },
  formats: {
    url: () => found(new URL('./formats.wasm', import.meta.url)),
    copy: async () => (await fallbacks()).formats(),
  },
  fix: {
    url: () => found(new URL('./fix.wasm', import.meta.url)),
    copy: async () => (await fallbacks()).fix(),
  },
  drawWorker: {
    url: () => found(new URL('./draw-worker.js', import.meta.url)),
    copy: async () => (await fallbacks()).drawWorker(),
  },
};
