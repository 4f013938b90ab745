// The npm package's JavaScript and types: esbuild bundles, tsc writes the declarations.

import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dist, generated, notes, root } from '../lib/paths.mjs';
import { CommandError, must } from '../lib/run.mjs';
import { say, took } from '../lib/say.mjs';
import { ifStale } from './stale.mjs';

const INPUTS = ['js', 'package-lock.json', 'tsconfig.json', 'scripts/build/javascript.mjs'];

/** Builds dist/*.js and dist/*.d.ts, if they are stale. */
export function buildJavaScript() {
  const outputs = ['index.js', 'element.js', 'react.js', 'worker.js', 'index.d.ts', 'worker.d.ts'].map((file) => join(dist, file));
  return ifStale({ stamp: join(notes, 'javascript.stamp'), inputs: INPUTS, outputs }, async () => {
    say('building the JavaScript');
    const start = performance.now();
    const [bundled] = await Promise.all([bundle(), declare()]);
    removeStrays(bundled);
    say(`built the JavaScript in ${took(start)}`);
  });
}

// A chunk is named after its content, so the one before it would stay. It goes last: a page may be loading from here.
function removeStrays(bundled) {
  const isStray = (file) =>
    (/\.js(\.map)?$/.test(file) && !bundled.has(`dist/${file}`)) ||
    (file.endsWith('.d.ts') && !existsSync(join(root, 'js', file.replace(/\.d\.ts$/, '.ts'))));
  for (const file of readdirSync(dist).filter(isStray)) rmSync(join(dist, file));
}

const ABOVE = {
  name: 'above the facade',
  setup: ({ onResolve }) => onResolve({ filter: /\/index\.js$/ }, () => ({ path: './index.js', external: true })),
};

/** Gives the names of what was written. */
async function bundle() {
  const { build } = await import('esbuild');
  const common = {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    sourcemap: 'linked',
    target: 'es2022',
    outdir: 'dist',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  };
  try {
    // The facade loads its main-thread fallback by a dynamic import, which becomes a chunk.
    const page = await build({ ...common, entryPoints: ['js/index.ts'], format: 'esm', splitting: true });
    // What stands on the facade imports it, so that a page has one core however it uses the package.
    const entries = ['js/element.ts', 'js/react.ts'];
    const above = await build({
      ...common,
      entryPoints: entries,
      format: 'esm',
      external: ['react'],
      plugins: [ABOVE],
    });
    // The worker is one file without imports, so that it starts as a classic worker as well as a module.
    const worker = await build({ ...common, entryPoints: ['js/worker.ts'], format: 'iife' });
    return new Set([page, above, worker].flatMap(({ metafile }) => Object.keys(metafile.outputs)));
  } catch (error) {
    throw new CommandError(`esbuild: ${error.message}`);
  }
}

async function declare() {
  await must([process.execPath, join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--emitDeclarationOnly']);
  // tsc leaves out declarations that it did not write itself.
  mkdirSync(join(dist, 'generated'), { recursive: true });
  copyFileSync(join(generated, 'core.d.ts'), join(dist, 'generated', 'core.d.ts'));
}
