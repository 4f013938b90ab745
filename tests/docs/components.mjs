// The components of Vue and Svelte in the guides: what they compile to, and how a page shows them.

import { compileScript, parse } from 'vue/compiler-sfc';

const isCustomElement = (tag) => tag === 'media-ferry';

/** Compiles a component to a module of JavaScript or TypeScript. */
const COMPILE = {
  vue(code) {
    const { descriptor, errors } = parse(code);
    if (errors.length > 0) throw errors[0];
    const templateOptions = { compilerOptions: { isCustomElement } };
    return compileScript(descriptor, { id: 'example', inlineTemplate: true, templateOptions }).content;
  },
  async svelte(code) {
    const { compile } = await import('svelte/compiler');
    return compile(code, { generate: 'client', css: 'injected' }).js.code;
  },
};

const MOUNT = {
  vue: `import { createApp } from 'vue';
    createApp(Component).mount('#root');`,
  svelte: `import { mount } from 'svelte';
    mount(Component, { target: document.querySelector('#root') });`,
};

/** The languages. */
export const COMPONENTS = Object.keys(COMPILE);

/** The page of a component. */
export const PAGE = '<div id="root"></div>';

/** The module that shows a component. */
export const mounted = (language) => `import Component from 'example:component';\n${MOUNT[language]}`;

/** A plugin of esbuild for that module. */
export function component(code, language, resolveDir) {
  return {
    name: 'component',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^example:component$/ }, ({ path }) => ({ path, namespace: 'example' }));
      onLoad({ filter: /.*/, namespace: 'example' }, async () => ({
        contents: await COMPILE[language](code),
        loader: 'ts',
        resolveDir,
      }));
    },
  };
}
