// The tarball as it would be published: what is in it, and what linters of packages say.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { LANGUAGES } from '../../scripts/build/entries.mjs';
import { lifetime } from '../e2e/lifetime.mjs';
import { pack, root, run, temporaryFolder } from './tools.mjs';

const LOCALES = ['locale', ...LANGUAGES.map((tag) => `locale/${tag}`)];

/** All but the declarations, of which the build writes those that an entry leads to. */
const CONTENTS = [
  ...['CHANGELOG.md', 'LICENSE-APACHE', 'LICENSE-MIT', 'README.md'],
  ...['dist/callbacks.js', 'dist/client.js', 'dist/core.wasm', 'dist/element.js', 'dist/errors.js'],
  ...['dist/fallbacks.js', 'dist/folders.js'],
  ...['dist/formats.wasm', 'dist/host.js'],
  ...['dist/draw-here.js', 'dist/draw-worker.js', 'dist/fix-question.js', 'dist/fix.wasm', 'dist/fixer.js'],
  'dist/inline-draw-worker.js',
  'dist/inline-fix.js',
  ...[
    'dist/inline-parts.js',
    'dist/inline-parts-worker.js',
    'dist/parts.wasm',
    'dist/parts-host.js',
    'dist/parts-worker.js',
  ],
  ...['dist/index.js', 'dist/interrupted.js', 'dist/resume-store.js'],
  ...['dist/inline-core.js', 'dist/inline-formats.js', 'dist/inline-worker.js', 'dist/inline.js', 'dist/list-pages.js'],
  ...['dist/providers.js', 'dist/react.js', 'dist/slim.js', 'dist/standalone.js', 'dist/testing.js'],
  ...['dist/upload-details.js', 'dist/vue.js', 'dist/worker.js'],
  ...['dist/custom-elements.json', 'dist/vscode.html-data.json'],
  ...['preact', 'react', 'solid', 'svelte', 'vue'].map((framework) => `element/${framework}/package.json`),
  ...['element/package.json', 'inline/package.json', 'package.json', 'react/package.json', 'slim/package.json'],
  ...['standalone/package.json', 'testing/package.json'],
  'vue/package.json',
  ...LOCALES.flatMap((name) => [`dist/${name}.js`, `${name}/package.json`]),
  'dist/locale/translate.js',
].sort();

/** What is no module of JavaScript, and so has no types. */
const WITHOUT_TYPES = [
  'worker',
  'parts-worker',
  'draw-worker',
  'core.wasm',
  'parts.wasm',
  'formats.wasm',
  'fix.wasm',
  'custom-elements.json',
  'vscode.html-data.json',
];

suite('the tarball', () => {
  const life = lifetime({ after });
  let packed;
  before(async () => {
    packed = await pack(temporaryFolder(life));
  });

  test('holds what is used, and nothing else', () => {
    const hasNoRow = (file) => /^dist\/[\w/-]+\.(d\.ts|js\.map)$/.test(file);
    assert.deepEqual(packed.files.filter((file) => !hasNoRow(file)).sort(), CONTENTS.sort());
    assert.ok(packed.files.includes('dist/index.d.ts'));
    assert.ok(packed.files.includes('dist/locale/de.d.ts'));
    assert.ok(!packed.files.includes('dist/host.d.ts'), 'no entry leads to it');
  });

  test('every script has a source map, but for the copies, what contains them and the languages', () => {
    const scripts = packed.files.filter((file) => /\.js$/.test(file) && !/\/(inline-|locale\/|standalone)/.test(file));
    const maps = packed.files.filter((file) => file.endsWith('.map'));
    assert.deepEqual(maps.sort(), scripts.map((file) => `${file}.map`).sort());
  });

  test('publint has nothing to say', async () => {
    await lint('publint', '--strict', packed.tarball);
  });

  test('the types are right for every kind of import', async () => {
    await lint('attw', '--profile', 'esm-only', packed.tarball, '--exclude-entrypoints', ...WITHOUT_TYPES);
  });
});

const lint = (program, ...options) => run([join(root, 'node_modules', '.bin', program), ...options], root);
