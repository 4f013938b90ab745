import type { BundledFile } from './package-files.js';

/** Returns the URL of a file of the package. Without `import.meta.url`, as in scripts that are no modules, there is none. */
export function urlOf({ url }: BundledFile<unknown>): URL | undefined {
  try {
    return url?.();
  } catch {
    return undefined;
  }
}
