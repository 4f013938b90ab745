// The consumers of the package, none but Angular with any configuration: what each installs, how it builds or serves, which
// Node it needs if that is not ours, and what it then uses of the package. `fast` ones are part of `npm test`, the others of
// `npm run test:packaging`.

/** The files beside the script are found. */
const FILES = { wasm: 'file', worker: 'file' };
/** The tool leaves them behind, and the copies do. */
const COPIES = { wasm: 'copy', worker: 'copy' };

const vite = (version) => ({ install: { vite: version }, page: 'src/main.js' });
const viteBuild = { build: ['vite', 'build'], site: 'dist' };
const viteDev = { serve: ['vite', '--host', '127.0.0.1', '--port', 'PORT', '--strictPort'] };

const NEXT = {
  install: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' },
  app: 'next',
  serve: ['next', 'start', '--hostname', '127.0.0.1', '--port', 'PORT'],
};
const nextDev = { serve: ['next', 'dev', '--hostname', '127.0.0.1', '--port', 'PORT'] };

const ANGULAR = Object.fromEntries(
  ['core', 'common', 'compiler', 'compiler-cli', 'platform-browser'].map((name) => [`@angular/${name}`, '22.2.6']),
);

const WEBPACK = { install: { webpack: '5.112.2', 'webpack-cli': '7.3.1' }, page: 'dist/main.js' };
const ROLLUP = { install: { rollup: '4.68.7', '@rollup/plugin-node-resolve': '16.0.3' }, page: 'dist/main.js' };
const ESBUILD = { fast: true, install: { esbuild: '0.28.2' }, page: 'dist/main.js' };

/** Names, as the guide has them, and what there is to know of each. */
export const CONSUMERS = {
  'Vite 8, build': { fast: true, ...vite('8.3.8'), ...viteBuild, uses: FILES },
  'Vite 8, dev server': { ...vite('8.3.8'), ...viteDev, uses: FILES },
  'Vite 7, build': { ...vite('7.3.8'), ...viteBuild, uses: FILES },
  'Vite 7, dev server': { ...vite('7.3.8'), ...viteDev, uses: COPIES },
  'Vite 6, build': { ...vite('6.4.6'), ...viteBuild, uses: FILES },
  'Vite 6, dev server': { ...vite('6.4.6'), ...viteDev, uses: COPIES },
  'webpack 5': { ...WEBPACK, build: ['webpack', './src/main.js', '--mode', 'production'], uses: FILES },
  'Rspack 2': {
    install: { '@rspack/core': '2.3.2', '@rspack/cli': '2.2.8' },
    page: 'dist/main.js',
    build: ['rspack', 'build', '--entry', './src/main.js', '--mode', 'production'],
    uses: FILES,
  },
  'Next 16, Turbopack': { ...NEXT, build: ['next', 'build'], uses: FILES },
  'Next 16, Turbopack, dev server': { ...NEXT, ...nextDev, uses: FILES },
  'Next 16, webpack': { ...NEXT, build: ['next', 'build', '--webpack'], uses: FILES },
  'Nuxt 4': {
    node: 22,
    install: { nuxt: '4.5.2' },
    project: 'nuxt',
    build: ['nuxt', 'generate'],
    site: '.output/public',
    uses: FILES,
  },
  'Angular 22': {
    node: 22,
    install: {
      ...ANGULAR,
      ...{ '@angular/build': '22.2.7', '@angular/cli': '22.2.7', rxjs: '7.8.2', tslib: '2.9.1', typescript: '6.0.3' },
    },
    project: 'angular',
    build: ['ng', 'build'],
    site: 'dist/browser',
    init: { wasm: 'mediaferry/core.wasm', formats: 'mediaferry/formats.wasm', worker: 'mediaferry/worker.js' },
    uses: FILES,
  },
  'Rollup with node-resolve': {
    ...ROLLUP,
    build: ['rollup', 'src/main.js', '--plugin', 'node-resolve', '--format', 'es', '--dir', 'dist'],
    uses: COPIES,
  },
  'Rolldown 1': {
    install: { rolldown: '1.3.2' },
    page: 'dist/main.js',
    build: ['rolldown', 'src/main.js', '--format', 'esm', '--dir', 'dist'],
    uses: COPIES,
  },
  'Parcel 2': {
    install: { parcel: '2.16.4' },
    page: 'src/main.js',
    build: ['parcel', 'build', 'index.html', '--dist-dir', 'dist', '--no-cache'],
    site: 'dist',
    uses: FILES,
  },
  'Parcel 2, mediaferry/inline': {
    install: { parcel: '2.16.4' },
    imports: 'mediaferry/inline',
    page: 'src/main.js',
    build: ['parcel', 'build', 'index.html', '--dist-dir', 'dist', '--no-cache'],
    site: 'dist',
    uses: COPIES,
  },
  'esbuild, one file': {
    ...ESBUILD,
    build: ['esbuild', 'src/main.js', '--bundle', '--outfile=dist/main.js'],
    uses: COPIES,
  },
  'esbuild, modules': {
    ...ESBUILD,
    build: ['esbuild', 'src/main.js', '--bundle', '--format=esm', '--splitting', '--outdir=dist'],
    uses: COPIES,
  },
};

const EVAL = "'wasm-unsafe-eval'";

/** Pages without a bundler. With `cdn` the package comes from another origin, which CDN in a policy stands for. */
export const PAGES = {
  'no bundler': { uses: FILES },
  'no bundler, mediaferry/inline': { entry: 'inline', uses: COPIES },
  'no bundler, mediaferry/slim': { entry: 'slim', error: { name: 'SetupError', code: 'wasm_missing' } },
  'no bundler, mediaferry/slim with init': {
    entry: 'slim',
    init: {
      wasm: '/mediaferry/core.wasm',
      formats: '/mediaferry/formats.wasm',
      worker: '/mediaferry/worker.js',
    },
    uses: FILES,
  },
  'no bundler, package from another origin': { cdn: true, uses: { wasm: 'file', worker: 'copy' } },
  "CSP: script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'": {
    policy: `script-src 'self' ${EVAL}; worker-src 'self'`,
    uses: FILES,
  },
  "CSP: worker-src 'none'": {
    policy: `script-src 'self' ${EVAL}; worker-src 'none'`,
    uses: { wasm: 'file', worker: 'none' },
  },
  'CSP and another origin: worker-src blob:': {
    cdn: true,
    policy: `script-src 'self' CDN ${EVAL}; worker-src 'self' blob:`,
    uses: { wasm: 'file', worker: 'copy' },
  },
  "CSP and another origin: worker-src 'self'": {
    cdn: true,
    policy: `script-src 'self' CDN ${EVAL}; worker-src 'self'`,
    uses: { wasm: 'file', worker: 'none' },
  },
  'CSP and another origin: no connect-src for it': {
    cdn: true,
    policy: `script-src 'self' CDN ${EVAL}; worker-src blob:; connect-src 'self' http://127.0.0.1:*`,
    uses: { wasm: 'copy', worker: 'copy' },
  },
  'CSP: trusted types': {
    policy: "require-trusted-types-for 'script'",
    uses: { wasm: 'file', worker: 'none' },
  },
  "CSP without 'wasm-unsafe-eval'": {
    policy: "script-src 'self'; worker-src 'self'",
    error: { name: 'SetupError', code: 'wasm_blocked' },
  },
  "CSP without 'wasm-unsafe-eval', mediaferry/inline": {
    entry: 'inline',
    policy: "script-src 'self' blob:",
    error: { name: 'SetupError', code: 'wasm_blocked' },
  },
};
