// Bundles what runs in the page: the contenders with the packages that they use, and the workers.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { bareModule } from './bare-module.mjs';

/** Writes the bundles for the duration of `life`, and returns their folder. */
export async function bundlePage(life) {
  const folder = mkdtempSync(join(tmpdir(), 'mediaferry-bench-'));
  life.after(() => rmSync(folder, { recursive: true, force: true }));
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: root,
    entryPoints: ['benches/page/*.js', 'benches/page/workers/*.js'],
    outbase: 'benches/page',
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    // The server mounts the package under test.
    external: ['/mediaferry*'],
    logLevel: 'warning',
  });
  writeFileSync(join(folder, 'workers', 'bare.wasm'), bareModule());
  return folder;
}
