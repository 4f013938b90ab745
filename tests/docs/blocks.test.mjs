// The code in README and the guides, as far as that can be told without a browser: tests/e2e/examples.test.mjs runs it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { blocks, bundle, isComponent, isExample, parts } from './blocks.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('there is code, and every example says what is to be seen', () => {
  assert.ok(blocks().filter(isExample).length >= 5);
  for (const { place, words } of blocks().filter(isExample))
    assert.ok(words.see, `${place}: add see=…, what the example shows, or "fragment" if it is none`);
});

test('all of it can be parsed', async () => {
  for (const block of blocks()) {
    if (isComponent(block)) await bundle(block.code, block.language);
    const loader = block.language === 'html' ? 'js' : block.language;
    for (const script of isComponent(block) ? [] : parts(block, '').scripts) {
      const options = { loader, jsx: 'automatic', logLevel: 'silent', sourcefile: block.place };
      await transform(script, options).catch(({ message }) => assert.fail(`${block.place}: ${message}`));
    }
  }
});

test('the examples in TypeScript, with JSX and in components of Vue compile in strict mode', (t) => {
  const examples = blocks().filter(({ language, words }) => /^(tsx?|vue)$/.test(language) && !('fragment' in words));
  for (const wanted of ['ts', 'tsx', 'vue']) assert.ok(examples.some(({ language }) => language === wanted));
  assert.ok(
    !blocks().some(({ language }) => language === 'jsx'),
    'JSX is written in TypeScript, so that it is checked',
  );
  // Inside the package, so that its name leads to its declarations as in a project.
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache', 'docs-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const files = examples.map(({ place, language, code, words }) => {
    const name = `${place.replaceAll(/\W+/g, '-')}.${language}`;
    const pragma = words.compile ? `/** @jsxImportSource ${words.compile} */\n` : '';
    writeFileSync(join(folder, name), pragma + code);
    return name;
  });
  const compilerOptions = {
    ...{ target: 'ES2022', lib: ['ES2022', 'DOM', 'DOM.Iterable'], module: 'ESNext', moduleResolution: 'bundler' },
    ...{ strict: true, noEmit: true, types: [], jsx: 'react-jsx', moduleDetection: 'force', skipLibCheck: true },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  try {
    // It checks what tsc does, and the components.
    execFileSync(process.execPath, [join(root, 'node_modules/vue-tsc/bin/vue-tsc.js'), '-p', folder], {
      encoding: 'utf8',
    });
  } catch ({ stdout }) {
    assert.fail(stdout);
  }
});
