// The queue with a scripted core: js/uploader.ts, bundled for a test.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const js = fileURLToPath(new URL('../../../js/', import.meta.url));
const core = fileURLToPath(new URL('core.mjs', import.meta.url));

/** Gives `Uploader`, and the `script` that hears of its calls. */
export async function scriptedQueue() {
  const scripted = {
    name: 'scripted-core',
    setup: ({ onResolve }) => onResolve({ filter: /\/core\.js$/ }, () => ({ path: core })),
  };
  const folder = mkdtempSync(join(tmpdir(), 'mediaferry-queue-'));
  const outfile = join(folder, 'queue.mjs');
  await build({
    stdin: {
      contents: "export { Uploader } from './uploader.js'; export { script } from './core.js';",
      resolveDir: js,
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    outfile,
    logLevel: 'warning',
    plugins: [scripted],
  });
  const queue = await import(pathToFileURL(outfile));
  rmSync(folder, { recursive: true });
  return queue;
}
