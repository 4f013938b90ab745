// The npm package's JavaScript and types: esbuild bundles, terser minifies, tsc writes the declarations. Each script
// except the languages has a source map, which a browser loads only if its developer tools are open.

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
import { stubs, writeStubs } from './stubs.mjs';
import { MODULES } from './wasm.mjs';

const INPUTS = ['js', 'package-lock.json', 'package.json', 'tsconfig.json', 'scripts/build', ...ELEMENT_DATA_INPUTS];

// The files that a page imports: their module in js/, and the module that names the package's other files. Entries that use the
// facade, for example the element, import ./index.js, which is not bundled into them. Each entry is in package.json's `exports` and
// `files`. An entry with `isWhole` imports nothing, because service workers do not allow `import()`. It has no source map, which
// would contain the embedded files a second time.
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

// The files that entries and files that are loaded on demand have in common, so that a class exists only once.
const SHARED = { errors: 'api/errors' };

// The files that are loaded on demand: their names in dist/, and their modules in js/.
const LATER = {
  client: 'runtime/client',
  callbacks: 'custom-provider/callbacks',
  'draw-here': 'fix/draw-here',
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

// The workers. Each is one file without imports, so that it can start as a classic worker, and from a copy of its text.
const WORKERS = { worker: 'runtime/worker', 'parts-worker': 'runtime/parts-worker', 'draw-worker': 'fix/draw-worker' };

// The files of the languages, and the code that they share; dist/locale/ has the same names as js/locale/.
const LOCALES = ['translate', ...LANGUAGES].map((name) => `locale/${name}`);

// These files are not bundled into others.
const SEPARATE = [
  ...Object.keys(SHARED),
  ...Object.keys(LATER),
  'index',
  ...Object.keys(WORKERS).map((name) => `inline-${name}`),
  ...MODULES.map((name) => `inline-${name}`),
];

/** Builds dist/*.js and dist/*.d.ts, if they are stale. */
export function buildJavaScript() {
  const names = [
    ...Object.keys(SHARED),
    ...Object.keys(LATER),
    ...LOCALES,
    ...Object.keys(WORKERS).flatMap((name) => [name, `inline-${name}`]),
    ...Object.keys(ENTRIES),
  ];
  const files = names.map((name) => `${name}.js`);
  const outputs = [...[...files, 'index.d.ts', 'custom-elements.json'].map((file) => join(dist, file)), ...stubs()];
  const modules = MODULES.map((name) => `dist/${name}.wasm`);
  return ifStale({ stamp: join(notes, 'javascript.stamp'), inputs: [...INPUTS, ...modules], outputs }, async () => {
    say('building the JavaScript');
    const start = performance.now();
    const modules = MODULES.map((name) => writeCopy(name, zipped(name)));
    const [scripts, declarations] = await Promise.all([bundle(), writeDeclarations(), writeElementData()]);
    // A worker that is started from its text has no URL to which the URL of its source map could be relative.
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

/** Writes all bundles and returns their file names. */
async function bundle() {
  const { build } = await import('esbuild');
  const define = await constants(build);
  const write = async (name, { from = name, files, isWhole, ...options } = {}) => {
    // It contains the core that also supports multipart uploads.
    const ids = isWhole && { CORE_ID: define.PARTS_ID };
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: { [name]: `js/${from}.ts` },
      outdir: dist,
      write: false,
      bundle: true,
      sourcemap: 'external',
      // Terser's output is smaller if esbuild has minified first.
      minify: true,
      format: 'esm',
      target: 'es2022',
      // Frameworks such as React are the page's own dependencies.
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
    const others = Object.entries({ ...SHARED, ...LATER }).map(([name, from]) => write(name, { from }));
    const written = await Promise.all([
      ...entries,
      ...others,
      // They contain only texts, so they need no source maps.
      ...LOCALES.map((name) => write(name, { sourcemap: false })),
      ...Object.entries(WORKERS).map(([name, from]) => write(name, { from, format: 'iife', plugins: [] })),
    ]);
    return written.flat();
  } catch (error) {
    throw new CommandError(`bundling: ${error.message}`);
  }
}

/** Minifies a script; returns `{ code, map }`, with the source map if there is one. */
async function shortened(name, script, content, module) {
  const { minify } = await import('terser');
  const compress = {
    ecma: 2022,
    passes: 3,
    // Safe here: only functions that are called with `new` must not become arrows, and ours are classes.
    unsafe_arrows: true,
    // Otherwise terser removes React's directives, which it does not know.
    directives: false,
    // Only wasm-bindgen's glue logs: warnings about calls that we do not make.
    drop_console: true,
  };
  const sourceMap = content && { content, filename: name, url: `${name}.map`, includeSources: true };
  const { code, map } = await minify(script, { module, compress, sourceMap });
  return { code: `${code}\n`, map };
}

/** Excludes the files that are separate, selects the module that names the files, and imports style sheets as text. */
function arrange(entry, files, isWhole) {
  return {
    name: 'mediaferry',
    setup({ onLoad, onResolve, esbuild }) {
      const names = SEPARATE.filter((name) => name !== entry).join('|');
      if (isWhole) onResolve({ filter: /\/inline-[\w-]+\.js$/ }, ({ path }) => ({ path: join(dist, basename(path)) }));
      else
        onResolve({ filter: new RegExp(`^\\.\\.?/(?:.*/)?(${names})\\.js$`) }, ({ path }) => ({
          path: `./${basename(path)}`,
          external: true,
        }));
      // In dist/, these are at the same relative paths as their modules in js/.
      onResolve({ filter: /^\.\/(translate|locale\/[\w-]+)\.js$/ }, ({ path }) => ({ path, external: true }));
      onLoad({ filter: /\.css$/ }, async ({ path }) => {
        const { code } = await esbuild.transform(readFileSync(path, 'utf8'), { loader: 'css', minify: true });
        return { contents: code.trim(), loader: 'text' };
      });
      // The only library that is bundled: pages do not have it, and it is only a kilobyte.
      onResolve({ filter: /^idb$/ }, () => ({ path: join(root, 'node_modules', 'idb', 'build', 'index.js') }));
      onResolve({ filter: /\/bundled-files\.js$/ }, () => ({ path: join(root, 'js', 'runtime', `${files}.ts`) }));
    },
  };
}

/** Writes a copy of a file as a module, for pages that cannot load the file itself; returns its name. */
function writeCopy(name, text) {
  mkdirSync(dist, { recursive: true });
  writeFileSync(join(dist, `inline-${name}.js`), `export default ${JSON.stringify(text)};\n`);
  return `inline-${name}.js`;
}

const zipped = (name) => gzipSync(readFileSync(join(dist, `${name}.wasm`)), { level: 9 }).toString('base64');

/** Removes the files of earlier builds. It runs last, because a page may be loading them during the build. */
function removeStrays(written) {
  const isStray = (file) => /\.(js|map|d\.ts)$/.test(file) && !written.includes(file);
  for (const file of readdirSync(dist, { recursive: true }).filter(isStray)) rmSync(join(dist, file));
}
