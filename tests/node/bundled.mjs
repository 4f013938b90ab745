// Modules of js/ that the package does not export, bundled for a test.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const js = fileURLToPath(new URL('../../js/', import.meta.url));

/**
 * Gives what these TypeScript statements export, read as if they stood in a module of js/.
 * @param contents for example `export * from './api/realm.js'`
 * @param replaced files by the names of the modules in whose place they are taken: `{ 'load-client': 'tests/node/queue/core.mjs' }`
 */
export async function bundled(contents, replaced = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'mediaferry-bundled-'));
  const outfile = join(folder, 'bundle.mjs');
  const replace = ({ onResolve }) => {
    for (const [name, file] of Object.entries(replaced))
      onResolve({ filter: new RegExp(`/${name}\\.js$`) }, () => ({ path: fileURLToPath(file) }));
  };
  await build({
    stdin: { contents, resolveDir: js, loader: 'ts' },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    loader: { '.css': 'text' },
    outfile,
    logLevel: 'warning',
    plugins: [{ name: 'replace', setup: replace }],
  });
  const exported = await import(pathToFileURL(outfile));
  rmSync(folder, { recursive: true });
  return exported;
}
