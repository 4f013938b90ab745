// The consumers of the package that use no framework: what each installs, how it builds and serves, which Node it needs if
// that is not ours, and what it then uses of the package. Those with a framework are in frameworks.mjs.
//
//   fast       part of `npm test`; the others are part of `npm run test:packaging`
//   install    the tools; the package comes from the tarball
//   project    the folder in app/ that is copied
//   page       the script that a page loads, at `html` if that is not index.html
//   imports    what is imported instead of `mediaferry`
//   init       the options of `init()`, where there are settings
//   types      the commands that check the types
//   build      `run`, and then `site`, the folder with the pages, or `serve`
//   dev        `serve`, the development server
//   uses       of each: files, unless it says copies

import { join } from 'node:path';
import { FRAMEWORKS } from './frameworks.mjs';
import { root } from './tools.mjs';

/** The files beside the script are found. */
export const FILES = { wasm: 'file', worker: 'file' };
/** The tool leaves them behind, and the copies do. */
export const COPIES = { wasm: 'copy', worker: 'copy' };

const PLAIN = { project: 'plain', types: [[join(root, 'node_modules', '.bin', 'tsc')]] };

const COPIED = { uses: COPIES };

const vite = (version, dev) => ({
  ...PLAIN,
  install: { vite: version },
  page: 'src/main.js',
  build: { run: ['vite', 'build'], site: 'dist' },
  dev: { serve: ['vite', '--host', '127.0.0.1', '--port', 'PORT', '--strictPort'], ...dev },
});

/** The development servers of webpack and Rspack. */
const packListen = ['--host', '127.0.0.1', '--port', 'PORT'];
const packServe = (tool) => [tool, 'serve', '--entry', './src/main.js', '--mode', 'development', ...packListen];

const ROLLUP = {
  ...PLAIN,
  install: {
    rollup: '4.68.8',
    '@rollup/plugin-node-resolve': '16.0.3',
    '@web/rollup-plugin-import-meta-assets': '2.3.3',
  },
  page: 'dist/main.js',
};
const rollup = (...options) => ({
  run: ['rollup', 'src/main.js', '--plugin', 'node-resolve', ...options, '--format', 'es', '--dir', 'dist'],
});

const PARCEL = { install: { parcel: '2.16.4' }, page: 'src/main.js' };
const parcelBuild = { run: ['parcel', 'build', 'index.html', '--dist-dir', 'dist', '--no-cache'], site: 'dist' };

const ESBUILD = { ...PLAIN, install: { esbuild: '0.28.2' }, page: 'dist/main.js' };
const esbuild = (...options) => ['esbuild', 'src/main.js', '--bundle', ...options, '--outdir=dist'];
const esbuildServe = ['--servedir=.', '--serve=127.0.0.1:PORT'];

/** npm's own starter of it needs an install script. */
const BUN = `../@oven/bun-${process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}/bin/bun`;

/** Names, as the guide has them, and what there is to know of each. */
export const CONSUMERS = {
  'Vite 8': { fast: true, ...vite('8.4.0') },
  'Vite 7': vite('7.3.8', COPIED),
  'Vite 6': vite('6.4.6', COPIED),
  ...FRAMEWORKS,
  'webpack 5': {
    ...PLAIN,
    node: 22,
    install: { webpack: '5.113.0', 'webpack-cli': '7.3.1', 'webpack-dev-server': '6.1.0' },
    page: 'main.js',
    html: 'public/index.html',
    build: {
      run: ['webpack', './src/main.js', '--mode', 'production', '--output-path', 'public'],
      site: 'public',
    },
    dev: { serve: packServe('webpack') },
  },
  'Rspack 2': {
    ...PLAIN,
    install: { '@rspack/core': '2.3.4', '@rspack/cli': '2.2.8', '@rspack/dev-server': '2.2.2' },
    page: 'main.js',
    html: 'public/index.html',
    build: {
      run: ['rspack', 'build', '--entry', './src/main.js', '--mode', 'production', '--output-path', 'public'],
      site: 'public',
    },
    dev: { serve: packServe('rspack') },
  },
  'Rollup 4': { ...ROLLUP, build: { ...rollup(), ...COPIED } },
  'Rollup 4, import-meta-assets': { ...ROLLUP, build: rollup('--plugin', '@web/rollup-plugin-import-meta-assets') },
  'Rolldown 1': {
    ...PLAIN,
    install: { rolldown: '1.3.3' },
    page: 'dist/main.js',
    build: { run: ['rolldown', 'src/main.js', '--format', 'esm', '--dir', 'dist'], ...COPIED },
  },
  'Parcel 2': {
    ...PLAIN,
    ...PARCEL,
    build: parcelBuild,
    dev: { serve: ['parcel', 'index.html', '--host', '127.0.0.1', '--port', 'PORT', '--no-cache'] },
  },
  'Parcel 2, mediaferry/inline': { ...PARCEL, imports: 'mediaferry/inline', build: { ...parcelBuild, uses: COPIES } },
  'esbuild, one file': {
    ...ESBUILD,
    fast: true,
    build: { run: esbuild(), ...COPIED },
    dev: { serve: esbuild(...esbuildServe), ...COPIED },
  },
  'esbuild, modules': {
    ...ESBUILD,
    fast: true,
    build: { run: esbuild('--format=esm', '--splitting'), ...COPIED },
    dev: { serve: esbuild('--format=esm', '--splitting', ...esbuildServe), ...COPIED },
  },
  'Bun 1': {
    ...PLAIN,
    install: { bun: '1.4.5' },
    page: 'src/main.js',
    build: { run: [BUN, 'build', 'index.html', '--outdir', 'dist'], site: 'dist', ...COPIED },
    dev: { serve: [BUN, 'index.html', '--port', 'PORT'], ...COPIED },
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
      worker: '/mediaferry/worker.js',
      formats: '/mediaferry/formats.wasm',
      parts: '/mediaferry/parts.wasm',
      partsWorker: '/mediaferry/parts-worker.js',
      fix: '/mediaferry/fix.wasm',
      drawWorker: '/mediaferry/draw-worker.js',
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
