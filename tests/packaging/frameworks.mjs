// The consumers of the package with a framework; consumers.mjs explains the rows.

// The checkers of templates need TypeScript 6, and the rows of consumers.mjs use that of this repository.
const TYPESCRIPT = { typescript: '6.0.3' };
const TYPESCRIPT_7 = { typescript: '7.0.2' };
const VITE = { vite: '8.4.0' };
const REACT = { react: '19.3.1', 'react-dom': '19.3.1', '@types/react': '19.3.0', '@types/react-dom': '19.3.0' };
const NODE = { '@types/node': '24.19.4' };

const ANGULAR = Object.fromEntries(
  ['core', 'common', 'compiler', 'compiler-cli', 'platform-browser'].map((name) => [`@angular/${name}`, '22.2.6']),
);
const ROUTER = Object.fromEntries(
  ['react-router', '@react-router/dev', '@react-router/node', '@react-router/serve'].map((name) => [name, '8.4.0']),
);

const build = { run: ['vite', 'build'], site: 'dist' };
const dev = { serve: ['vite', '--host', '127.0.0.1', '--port', 'PORT', '--strictPort'] };
const listen = ['--host', '127.0.0.1', '--port', 'PORT'];

const NEXT = { install: { next: '16.4.6', ...REACT, ...NODE, ...TYPESCRIPT }, project: 'next' };
const nextListen = ['--hostname', '127.0.0.1', '--port', 'PORT'];
const nextStart = ['next', 'start', ...nextListen];

/** Names, as the guide has them, and what there is to know of each. */
export const FRAMEWORKS = {
  'Vite 8, React 19': {
    install: { ...VITE, '@vitejs/plugin-react': '6.3.0', ...REACT, ...TYPESCRIPT_7 },
    project: 'react',
    page: 'src/main.tsx',
    types: [['tsc']],
    build,
    dev,
  },
  'Vite 8, Vue 3': {
    install: { ...VITE, '@vitejs/plugin-vue': '6.0.11', vue: '3.5.45', 'vue-tsc': '3.3.14', ...TYPESCRIPT },
    project: 'vue',
    page: 'src/main.ts',
    types: [['vue-tsc']],
    build,
    dev,
  },
  'Vite 8, Svelte 5': {
    install: {
      ...VITE,
      '@sveltejs/vite-plugin-svelte': '7.3.1',
      svelte: '5.57.3',
      'svelte-check': '4.7.8',
      ...TYPESCRIPT,
    },
    project: 'svelte',
    page: 'src/main.ts',
    types: [['svelte-check', '--fail-on-warnings']],
    build,
    dev,
  },
  'Vite 8, Solid 1': {
    install: { ...VITE, 'vite-plugin-solid': '2.11.14', 'solid-js': '1.9.20', ...TYPESCRIPT_7 },
    project: 'solid',
    page: 'src/main.tsx',
    types: [['tsc']],
    build,
    dev,
  },
  'SvelteKit 3': {
    node: 22,
    install: {
      ...VITE,
      '@sveltejs/kit': '3.2.0',
      '@sveltejs/adapter-static': '4.0.1',
      '@sveltejs/vite-plugin-svelte': '7.3.1',
      svelte: '5.57.3',
      'svelte-check': '4.7.8',
      ...TYPESCRIPT,
    },
    project: 'sveltekit',
    types: [
      ['svelte-kit', 'sync'],
      ['svelte-check', '--fail-on-warnings'],
    ],
    build: { ...build, site: 'build' },
    dev,
  },
  'Nuxt 4': {
    node: 22,
    install: { nuxt: '4.5.2', 'vue-tsc': '3.3.14', ...TYPESCRIPT },
    project: 'nuxt',
    types: [['nuxt', 'typecheck']],
    build: { run: ['nuxt', 'generate'], site: '.output/public' },
    dev: { serve: ['nuxt', 'dev', ...listen] },
  },
  'Astro 7': {
    node: 22,
    install: { astro: '7.3.5', '@astrojs/check': '0.9.10', ...TYPESCRIPT },
    project: 'astro',
    types: [['astro', 'check']],
    build: { run: ['astro', 'build'], site: 'dist' },
    dev: { serve: ['astro', 'dev', ...listen] },
  },
  'Next 16, Turbopack': {
    ...NEXT,
    types: [['next', 'typegen'], ['tsc']],
    build: { run: ['next', 'build'], serve: nextStart },
    dev: { serve: ['next', 'dev', ...nextListen] },
  },
  'Next 16, webpack': { ...NEXT, build: { run: ['next', 'build', '--webpack'], serve: nextStart } },
  'React Router 8': {
    node: 22,
    install: { ...VITE, ...ROUTER, isbot: '5.2.3', ...REACT, ...NODE, ...TYPESCRIPT },
    project: 'react-router',
    types: [['react-router', 'typegen'], ['tsc']],
    build: { run: ['react-router', 'build'], serve: ['react-router-serve', 'build/server/index.js'] },
    dev: { serve: ['react-router', 'dev', ...listen] },
  },
  'Angular 22': {
    node: 22,
    install: {
      ...ANGULAR,
      ...{ '@angular/build': '22.2.7', '@angular/cli': '22.2.7', rxjs: '7.8.2', tslib: '2.9.1', ...TYPESCRIPT },
    },
    project: 'angular',
    init: {
      wasm: 'mediaferry/core.wasm',
      worker: 'mediaferry/worker.js',
      formats: 'mediaferry/formats.wasm',
      parts: 'mediaferry/parts.wasm',
      partsWorker: 'mediaferry/parts-worker.js',
      fix: 'mediaferry/fix.wasm',
      drawWorker: 'mediaferry/draw-worker.js',
    },
    types: [['ngc', '--noEmit']],
    build: { run: ['ng', 'build'], site: 'dist/browser' },
    dev: { serve: ['ng', 'serve', ...listen] },
  },
};
