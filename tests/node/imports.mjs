// The imports of a built script, as esbuild parses them.

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));

/** Returns what `dist/<name>.js` imports, statically and dynamically, in alphabetical order. */
export async function importsOf(name) {
  const { metafile } = await build({
    absWorkingDir: dist,
    entryPoints: [`${name}.js`],
    bundle: true,
    format: 'esm',
    packages: 'external',
    external: ['./*'],
    write: false,
    metafile: true,
  });
  return [...new Set(metafile.inputs[`${name}.js`].imports.map(({ path }) => path))].sort();
}
