// The element's entry without a DOM, and with no more of one than it needs to be defined.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

/** Runs a module in a process of its own; gives what it has printed. */
const run = (script) =>
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(root),
    timeout: 20_000,
    encoding: 'utf8',
  }).trim();

test('importing it without a DOM does nothing', () => {
  const names = run(`
    const before = Object.getOwnPropertyNames(globalThis).join();
    const names = Object.keys(await import('mediaferry/element'));
    if (Object.getOwnPropertyNames(globalThis).join() !== before) throw new Error('a global was added');
    console.log(names.join());`);
  assert.equal(names, 'MediaFerryElement');
});

test('a second copy leaves the first one’s definition in its place', () => {
  const defined = run(`
    const names = new Map();
    globalThis.HTMLElement = class {};
    globalThis.customElements = {
      get: (name) => names.get(name),
      define(name, element) {
        if (names.has(name)) throw new Error('defined twice');
        names.set(name, element);
      },
    };
    const { MediaFerryElement } = await import('./dist/element.js');
    await import('./dist/element.js?second');
    console.log([...names.keys()].join(), names.get('media-ferry') === MediaFerryElement, MediaFerryElement.formAssociated);`);
  assert.equal(defined, 'media-ferry true true');
});

test('it brings no second core along, and bundlers know that importing it does something', () => {
  const code = readFileSync(new URL('dist/element.js', root), 'utf8');
  assert.deepEqual([...new Set(Array.from(code.matchAll(/from"([^"]+)"/g), ([, from]) => from))], ['./index.js']);
  assert.deepEqual(JSON.parse(readFileSync(new URL('package.json', root))).sideEffects, ['./dist/element.js']);
});

test('every part, colour and attribute is in the guide', () => {
  const code = readFileSync(new URL('dist/element.js', root), 'utf8');
  const guide = readFileSync(new URL('docs/guides/element.md', root), 'utf8');
  const parts = [...code.matchAll(/part:"([a-z -]+)"/g)].flatMap(([, names]) => names.split(' '));
  const events = readFileSync(new URL('js/api/queue-types.ts', root), 'utf8').match(/'[a-z]+-[a-z]+': \[/g);
  assert.ok(parts.length > 10 && events.length > 8);
  for (const name of [...parts, ...events.map((event) => event.slice(1, -4))])
    assert.ok(guide.includes(`\`${name}\``), `${name} is missing`);
  const attributes = readFileSync(new URL('js/element/attributes.ts', root), 'utf8').matchAll(/: \['([a-z-]+)', '/g);
  for (const [, name] of attributes) assert.ok(guide.includes(`\`${name}\``), `${name} is missing`);
  const colours = readFileSync(new URL('js/element/style.ts', root), 'utf8').matchAll(/^ {2}(\w+): \['#/gm);
  for (const [, name] of colours) assert.ok(guide.includes(`\`--media-ferry-${name}\``), `${name} is missing`);
});
