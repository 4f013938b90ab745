// The npm package's JavaScript and types: esbuild bundles, terser shortens, tsc writes the declarations.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { dist, notes, root } from '../lib/paths.mjs';
import { CommandError } from '../lib/run.mjs';
import { say, took } from '../lib/say.mjs';
import { writeDeclarations } from './declarations.mjs';
import { hashOf, ifStale } from './stale.mjs';
import { writeStubs } from './stubs.mjs';
import { MODULES } from './wasm.mjs';

const INPUTS = ['js', 'package-lock.json', 'package.json', 'tsconfig.json', 'scripts/build'];

// What a page imports: `from` which module of js/, and with which of its `parts`. What stands on the facade, as an element
// does, imports ./index.js, which is left a file of its own: `element: {}`. Each is in package.json's `exports` and `files`.
const ENTRIES = {
  index: { from: 'index', parts: 'parts' },
  inline: { from: 'index', parts: 'parts-inline' },
  slim: { from: 'index', parts: 'parts-slim' },
  element: {},
  react: {},
};

// What a page loads when it needs it.
const LATER = ['asking', 'folders', 'host', 'pages', 'providers'];

// They stay files of their own, so that the entries share them.
const LOADED_LATER = [...LATER, 'index', 'inline-worker', ...MODULES.map((name) => `inline-${name}`)];

/** Builds dist/*.js and dist/*.d.ts, if they are stale. */
export function buildJavaScript() {
  const files = [...LATER, 'worker', 'inline-worker', ...Object.keys(ENTRIES)].map((name) => `${name}.js`);
  const outputs = [...files, 'index.d.ts'].map((file) => join(dist, file));
  const modules = MODULES.map((name) => `dist/${name}.wasm`);
  return ifStale({ stamp: join(notes, 'javascript.stamp'), inputs: [...INPUTS, ...modules], outputs }, async () => {
    say('building the JavaScript');
    const start = performance.now();
    const [scripts, declarations] = await Promise.all([bundle(), writeDeclarations()]);
    removeStrays([...scripts, ...copies(), ...declarations]);
    writeStubs();
    say(`built the JavaScript in ${took(start)}`);
  });
}

/** The constants of js/build.d.ts. */
async function constants(build) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['js/wasm-id.ts'],
    write: false,
    format: 'esm',
  });
  const { wasmId } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  const id = (name) => String(wasmId(new WebAssembly.Module(readFileSync(join(dist, `${name}.wasm`)))));
  const sources = hashOf(['js', ...MODULES.map((name) => `dist/${name}.wasm`)]);
  return { BUILD: JSON.stringify(sources.slice(0, 8)), CORE_ID: id('core'), FORMATS_ID: id('formats') };
}

/** Gives the names of what was written. */
async function bundle() {
  const { build } = await import('esbuild');
  const define = await constants(build);
  const write = async (name, { from = name, parts, ...options } = {}) => {
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: { [name]: `js/${from}.ts` },
      write: false,
      bundle: true,
      // Terser makes more of what esbuild has shortened than of the bare bundle.
      minify: true,
      format: 'esm',
      target: 'es2022',
      // What an entry is made for, as React, is the page's own.
      packages: 'external',
      legalComments: 'none',
      logLevel: 'warning',
      plugins: [arrange(name, parts)],
      define,
      ...options,
    });
    writeFileSync(join(dist, `${name}.js`), await shortened(outputFiles[0].text, options.format !== 'iife'));
    return `${name}.js`;
  };
  try {
    const entries = Object.entries(ENTRIES).map(([name, options]) => write(name, options));
    // The worker is one file without imports, so that it starts as a classic worker, and from a copy of its text.
    const later = LATER.map((name) => write(name));
    return await Promise.all([...entries, ...later, write('worker', { format: 'iife', plugins: [] })]);
  } catch (error) {
    throw new CommandError(`bundling: ${error.message}`);
  }
}

/** The same script in fewer bytes. */
async function shortened(script, module) {
  const { minify } = await import('terser');
  const compress = {
    ecma: 2022,
    passes: 3,
    // Only what is called with `new` must not become an arrow, and here that is a class.
    unsafe_arrows: true,
    // It would remove React's, which it does not know.
    directives: false,
    // Only wasm-bindgen's glue warns, of calls that we do not make.
    drop_console: true,
  };
  const { code } = await minify(script, { module, compress });
  return `${code}\n`;
}

/** Leaves out of an entry what is loaded later, and gives it its parts. */
function arrange(entry, parts) {
  return {
    name: 'mediaferry',
    setup({ onResolve }) {
      const names = LOADED_LATER.filter((name) => name !== entry).join('|');
      onResolve({ filter: new RegExp(`^\\.\\.?/(${names})\\.js$`) }, ({ path }) => ({
        path: `./${basename(path)}`,
        external: true,
      }));
      onResolve({ filter: /^\.\/parts\.js$/ }, () => ({ path: join(root, 'js', `${parts}.ts`) }));
    },
  };
}

/** Writes the copies for where a file beside the script cannot be had; gives their names. */
function copies() {
  const worker = readFileSync(join(dist, 'worker.js'), 'utf8');
  const zipped = (name) => gzipSync(readFileSync(join(dist, `${name}.wasm`)), { level: 9 }).toString('base64');
  const texts = [['worker', worker], ...MODULES.map((name) => [name, zipped(name)])];
  return texts.map(([name, text]) => {
    writeFileSync(join(dist, `inline-${name}.js`), `export default ${JSON.stringify(text)};\n`);
    return `inline-${name}.js`;
  });
}

/** Removes what an earlier build has left. It goes last: a page may be loading from here. */
function removeStrays(written) {
  const isStray = (file) => /\.(js|map|d\.ts)$/.test(file) && !written.includes(file);
  for (const file of readdirSync(dist).filter(isStray)) rmSync(join(dist, file));
}
