// The code in README and the guides: what each block is, and what the words behind its language ask for.
//
//   ```js fragment             a part of something: it must parse
//   ```js see=https://         an example: it is run in a browser until the page, or its console, shows this
//     pick=cat.jpg,test.webp   the files that are picked before; cat.jpg where there is an input and nothing is said
//     drop=… paste=…           the files that are dropped on the page, or pasted
//   ```tsx compile=solid-js    an example that is compiled, with the JSX of this package, and not run
//   ```html                    without a script in it, the page of the examples after it

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { typedEntries } from '../../scripts/build/entries.mjs';
import { facade } from '../e2e/facade.mjs';
import { COMPONENTS, component, mounted, PAGE } from './components.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const entries = Object.fromEntries(typedEntries());
const LANGUAGES = ['js', 'jsx', 'ts', 'tsx', 'html', ...COMPONENTS];
const FENCE = /^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm;
const WORD = /(\w+)(?:=(?:"([^"]*)"|(\S+)))?/g;
const ELSEWHERE = /<script [^>]*src=[^>]*><\/script>\n?/g;
const SCRIPT = /<script type="module">([\s\S]*?)<\/script>/g;

const VUE_FLAGS = ['OPTIONS_API__', 'PROD_DEVTOOLS__', 'PROD_HYDRATION_MISMATCH_DETAILS__'].map(
  (name) => `__VUE_${name}`,
);

/** The files that are read. */
export const GUIDES = [
  'README.md',
  ...readdirSync(new URL('../../docs/guides', import.meta.url)).map((name) => `docs/guides/${name}`),
].filter((path) => path.endsWith('.md'));

/** Every block that is code for a page: `{ place, language, words, code, page }`, in order. */
export function blocks() {
  return GUIDES.flatMap((path) => {
    const text = readFileSync(new URL(path, `file://${root}`), 'utf8');
    let page = '<input type="file" multiple>';
    return [...text.matchAll(FENCE)].flatMap(({ 1: language, 2: info, 3: code, index }) => {
      if (!LANGUAGES.includes(language)) return [];
      const words = Object.fromEntries(
        [...info.matchAll(WORD)].map(([, name, quoted, bare]) => [name, quoted ?? bare]),
      );
      const place = `${path}:${text.slice(0, index).split('\n').length}`;
      const isMarkup = language === 'html' && !code.match(SCRIPT);
      // A script that it loads from elsewhere is the example.
      if (isMarkup && !('fragment' in words)) page = code.replaceAll(ELSEWHERE, '');
      return isMarkup ? [] : [{ place, language, words, code, page }];
    });
  });
}

/** Whether a block is a whole example, which is run. */
export const isExample = ({ words }) => !('fragment' in words || 'compile' in words);

/** Whether a block is a component of Vue or Svelte. */
export const isComponent = ({ language }) => COMPONENTS.includes(language);

/** The scripts of a block, with the page that they are on: `{ html, scripts }`; the page loads them as `NAME-0.js` and so on. */
export function parts({ language, code, page }, name) {
  const scripts = [];
  const load = (script) => `<script type="module" src="${name}-${scripts.push(script) - 1}.js"></script>`;
  if (isComponent({ language })) return { html: `${PAGE}\n${load(code)}`, scripts };
  const html = language === 'html' ? code.replaceAll(SCRIPT, (_, script) => load(script)) : `${page}\n${load(code)}`;
  return { html, scripts };
}

/** A script as a page can load it from the gateway, where the package is at /mediaferry/. */
export async function bundle(script, language) {
  const fromGateway = {
    name: 'gateway',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^mediaferry(\/|$)/ }, ({ path }) => {
        // These need a framework, which is the page's to bundle.
        if (/^mediaferry\/(react|vue)$/.test(path)) return undefined;
        const { default: file } = entries[path.replace('mediaferry', '.')];
        return { path: file.replace('./dist/', '/mediaferry/'), external: true };
      }),
  };
  const isModule = !isComponent({ language });
  const stdin = isModule
    ? { contents: script, loader: language === 'html' ? 'js' : language, resolveDir: root }
    : { contents: mounted(language), resolveDir: root };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    define: {
      'process.env.NODE_ENV': '"production"',
      ...Object.fromEntries(VUE_FLAGS.map((flag) => [flag, 'false'])),
    },
    logLevel: 'silent',
    plugins: [fromGateway, facade, ...(isModule ? [] : [component(script, language, root)])],
  });
  return outputFiles[0].text;
}
