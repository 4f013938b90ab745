// The npm package's JavaScript and types: esbuild bundles, terser shortens, tsc writes the declarations. Each script
// but the languages has a source map, which a browser loads only if its developer tools are open.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { dist, notes, root } from '../lib/paths.mjs';
import { CommandError } from '../lib/run.mjs';
import { say, took } from '../lib/say.mjs';
import { writeDeclarations } from './declarations.mjs';
import { ELEMENT_DATA_INPUTS, writeElementData } from './element-data.mjs';
import { LANGUAGES } from './entries.mjs';
import { hashOf, ifStale } from './stale.mjs';
import { writeStubs } from './stubs.mjs';
import { MODULES } from './wasm.mjs';

const INPUTS = ['js', 'package-lock.json', 'package.json', 'tsconfig.json', 'scripts/build', ...ELEMENT_DATA_INPUTS];

// What a page imports: from which module of js/, and which module names the package's files. Entries that use the facade, as
// the element does, import ./index.js, which stays a file of its own. Each is in package.json's `exports` and `files`. One that
// `isWhole` imports nothing, because service workers forbid `import()`. Its map would contain the copies once more.
const ENTRIES = {
  index: { from: 'index', files: 'bundled-files' },
  inline: { from: 'index', files: 'bundled-files-inline' },
  slim: { from: 'index', files: 'bundled-files-slim' },
  standalone: { from: 'index', files: 'bundled-files-standalone', isWhole: true, sourcemap: false },
  element: {},
  locale: {},
  react: {},
  testing: {},
  vue: {},
};

// What a page loads when it needs it: the file's name in dist/, and its module in js/.
const LATER = {
  callbacks: 'custom-provider/callbacks',
  'fix-question': 'element/fix-question',
  fixer: 'fix/fixer',
  fallbacks: 'runtime/fallbacks',
  folders: 'queue/folders',
  host: 'runtime/host',
  interrupted: 'element/interrupted',
  'list-pages': 'api/list-pages',
  'parts-host': 'runtime/parts-host',
  providers: 'api/providers',
  'resume-store': 'resume/resume-store',
  'upload-details': 'element/upload-details',
};

// The workers: each is one file without imports, so that it starts as a classic worker, and from a copy of its text.
const WORKERS = { worker: 'runtime/worker', 'parts-worker': 'runtime/parts-worker', 'draw-worker': 'fix/draw-worker' };

// The files of the languages and what they share, in dist/locale/ as in js/locale/.
const LOCALES = ['translate', ...LANGUAGES].map((name) => `locale/${name}`);

// They stay files of their own, so that the entries share them.
const LOADED_LATER = [
  ...Object.keys(LATER),
  'index',
  ...Object.keys(WORKERS).map((name) => `inline-${name}`),
  ...MODULES.map((name) => `inline-${name}`),
];

/** Builds dist/*.js and dist/*.d.ts, if they are stale. */
export function buildJavaScript() {
  const names = [
    ...Object.keys(LATER),
    ...LOCALES,
    ...Object.keys(WORKERS).flatMap((name) => [name, `inline-${name}`]),
    ...Object.keys(ENTRIES),
  ];
  const files = names.map((name) => `${name}.js`);
  const outputs = [...files, 'index.d.ts', 'custom-elements.json'].map((file) => join(dist, file));
  const modules = MODULES.map((name) => `dist/${name}.wasm`);
  return ifStale({ stamp: join(notes, 'javascript.stamp'), inputs: [...INPUTS, ...modules], outputs }, async () => {
    say('building the JavaScript');
    const start = performance.now();
    const modules = MODULES.map((name) => writeCopy(name, zipped(name)));
    const [scripts, declarations] = await Promise.all([bundle(), writeDeclarations(), writeElementData()]);
    // A worker that is started from this text has no place where its map could be.
    const text = (name) => readFileSync(join(dist, `${name}.js`), 'utf8').replace(/\n\/\/# sourceMappingURL=.*/, '');
    const workers = Object.keys(WORKERS).map((name) => writeCopy(name, text(name)));
    removeStrays([...scripts, ...modules, ...workers, ...declarations]);
    writeStubs();
    say(`built the JavaScript in ${took(start)}`);
  });
}

/** The constants of js/build.d.ts. */
async function constants(build) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['js/runtime/wasm-id.ts'],
    write: false,
    format: 'esm',
  });
  const { wasmId } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  const id = (name) => String(wasmId(new WebAssembly.Module(readFileSync(join(dist, `${name}.wasm`)))));
  const sources = hashOf(['js', ...MODULES.map((name) => `dist/${name}.wasm`)]);
  return {
    BUILD: JSON.stringify(sources.slice(0, 8)),
    CORE_ID: id('core'),
    PARTS_ID: id('parts'),
    FORMATS_ID: id('formats'),
    FIX_ID: id('fix'),
  };
}

/** Gives the names of what was written. */
async function bundle() {
  const { build } = await import('esbuild');
  const define = await constants(build);
  const write = async (name, { from = name, files, isWhole, ...options } = {}) => {
    // Its core is the one that can do everything.
    const ids = isWhole && { CORE_ID: define.PARTS_ID };
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: { [name]: `js/${from}.ts` },
      outdir: dist,
      write: false,
      bundle: true,
      sourcemap: 'external',
      // Terser makes more of what esbuild has shortened than of the bare bundle.
      minify: true,
      format: 'esm',
      target: 'es2022',
      // What an entry is made for, as React, is the page's own.
      packages: 'external',
      legalComments: 'none',
      logLevel: 'warning',
      plugins: [arrange(name, files, isWhole)],
      define: { ...define, ...ids },
      ...options,
    });
    mkdirSync(join(dist, 'locale'), { recursive: true });
    const [script, map] = ['.js', '.map'].map((ending) => outputFiles.find(({ path }) => path.endsWith(ending))?.text);
    const file = `${name}.js`;
    const short = await shortened(file, script, map, options.format !== 'iife');
    writeFileSync(join(dist, file), short.code);
    if (map) writeFileSync(join(dist, `${file}.map`), short.map);
    return map ? [file, `${file}.map`] : [file];
  };
  try {
    const entries = Object.entries(ENTRIES).map(([name, options]) => write(name, options));
    const later = Object.entries(LATER).map(([name, from]) => write(name, { from }));
    const written = await Promise.all([
      ...entries,
      ...later,
      // Texts: nobody debugs them.
      ...LOCALES.map((name) => write(name, { sourcemap: false })),
      ...Object.entries(WORKERS).map(([name, from]) => write(name, { from, format: 'iife', plugins: [] })),
    ]);
    return written.flat();
  } catch (error) {
    throw new CommandError(`bundling: ${error.message}`);
  }
}

/** The same script in fewer bytes, and its source map if there is one: `{ code, map }`. */
async function shortened(name, script, content, module) {
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
  const sourceMap = content && { content, filename: name, url: `${name}.map`, includeSources: true };
  const { code, map } = await minify(script, { module, compress, sourceMap });
  return { code: `${code}\n`, map };
}

/** Keeps what is loaded later out of an entry, picks the module that names its files, and makes style sheets texts. */
function arrange(entry, files, isWhole) {
  return {
    name: 'mediaferry',
    setup({ onLoad, onResolve, esbuild }) {
      const names = LOADED_LATER.filter((name) => name !== entry).join('|');
      if (isWhole) onResolve({ filter: /\/inline-[\w-]+\.js$/ }, ({ path }) => ({ path: join(dist, basename(path)) }));
      else
        onResolve({ filter: new RegExp(`^\\.\\.?/(?:.*/)?(${names})\\.js$`) }, ({ path }) => ({
          path: `./${basename(path)}`,
          external: true,
        }));
      // These are where their modules are.
      onResolve({ filter: /^\.\/(translate|locale\/[\w-]+)\.js$/ }, ({ path }) => ({ path, external: true }));
      onLoad({ filter: /\.css$/ }, async ({ path }) => {
        const { code } = await esbuild.transform(readFileSync(path, 'utf8'), { loader: 'css', minify: true });
        return { contents: code.trim(), loader: 'text' };
      });
      // The only library in the package: no page has it, and it is a kilobyte.
      onResolve({ filter: /^idb$/ }, () => ({ path: join(root, 'node_modules', 'idb', 'build', 'index.js') }));
      onResolve({ filter: /\/bundled-files\.js$/ }, () => ({ path: join(root, 'js', 'runtime', `${files}.ts`) }));
    },
  };
}

/** Writes a copy for where the file beside the script cannot be had; gives its name. */
function writeCopy(name, text) {
  mkdirSync(dist, { recursive: true });
  writeFileSync(join(dist, `inline-${name}.js`), `export default ${JSON.stringify(text)};\n`);
  return `inline-${name}.js`;
}

const zipped = (name) => gzipSync(readFileSync(join(dist, `${name}.wasm`)), { level: 9 }).toString('base64');

/** Removes what an earlier build has left. It goes last: a page may be loading from here. */
function removeStrays(written) {
  const isStray = (file) => /\.(js|map|d\.ts)$/.test(file) && !written.includes(file);
  for (const file of readdirSync(dist, { recursive: true }).filter(isStray)) rmSync(join(dist, file));
}
