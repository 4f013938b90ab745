// The tarball as it would be published: what is in it, what linters of packages say, and what Node makes of it.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { lifetime } from '../e2e/lifetime.mjs';
import { install } from './install.mjs';
import { pack, root, run, temporaryFolder } from './tools.mjs';

/** All but the declarations, of which the build writes those that an entry leads to. */
const CONTENTS = [
  ...['CHANGELOG.md', 'LICENSE-APACHE', 'LICENSE-MIT', 'README.md'],
  ...['dist/core.wasm', 'dist/host.js', 'dist/index.js', 'dist/inline-core.js', 'dist/inline-worker.js'],
  ...['dist/inline.js', 'dist/slim.js', 'dist/worker.js'],
  ...['inline/package.json', 'package.json', 'slim/package.json'],
];

/** What is no module of JavaScript, and so has no types. */
const WITHOUT_TYPES = ['worker', 'core.wasm'];

suite('the tarball', () => {
  const life = lifetime({ after });
  let packed;
  before(async () => {
    packed = await pack(temporaryFolder(life));
  });

  test('holds what is used, and nothing else', () => {
    const isDeclaration = (file) => /^dist\/[\w/-]+\.d\.ts$/.test(file);
    assert.deepEqual(packed.files.filter((file) => !isDeclaration(file)).sort(), CONTENTS);
    assert.ok(packed.files.includes('dist/index.d.ts'));
    assert.ok(!packed.files.includes('dist/host.d.ts'), 'no entry leads to it');
  });

  test('publint has nothing to say', async () => {
    await lint('publint', '--strict', packed.tarball);
  });

  test('the types are right for every kind of import', async () => {
    await lint('attw', '--profile', 'esm-only', packed.tarball, '--exclude-entrypoints', ...WITHOUT_TYPES);
  });

  test('runs in Node, without a DOM and without being told where its core is', async () => {
    const folder = temporaryFolder(life);
    await install(folder, packed);
    for (const name of ['mediaferry', 'mediaferry/inline']) {
      const script = `
        import { providers, sha256 } from '${name}';
        console.log(await sha256(new Blob(['abc'])), (await providers()).length);`;
      const told = await run([process.execPath, '--input-type=module', '--eval', script], folder);
      assert.match(told, /^ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad [1-9]/);
    }
  });
});

const lint = (program, ...options) => run([join(root, 'node_modules', '.bin', program), ...options], root);
