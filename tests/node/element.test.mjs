// The element's entry without a DOM, and with as much of one as it needs to be created.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundled } from './bundled.mjs';
import { installDom, partsOf } from './dom.mjs';
import { importsOf } from './imports.mjs';

const root = new URL('../../', import.meta.url);

/** Runs a module in a process of its own; returns what it has printed. */
const run = (script) =>
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(root),
    timeout: 20_000,
    encoding: 'utf8',
  }).trim();

test('importing the element without a DOM does nothing', () => {
  const names = run(`
    const before = Object.getOwnPropertyNames(globalThis).join();
    const names = Object.keys(await import('mediaferry/element'));
    if (Object.getOwnPropertyNames(globalThis).join() !== before) throw new Error('a global was added');
    console.log(names.join());`);
  assert.equal(names, 'MediaFerryElement');
});

test('importing a second copy does not redefine the element', () => {
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

test('the entry imports the core from the main entry, and is marked as having side effects', async () => {
  // The script of the optional parts is imported on demand.
  const scripts = ['./fix-question.js', './index.js', './interrupted.js', './upload-details.js'];
  assert.deepEqual(await importsOf('element'), scripts);
  assert.deepEqual(JSON.parse(readFileSync(new URL('package.json', root))).sideEffects, ['./dist/element.js']);
});

suite('the guide documents', () => {
  const guide = readFileSync(new URL('docs/guides/element.md', root), 'utf8');
  const missing = (names) => names.filter((name) => !guide.includes(`\`${name}\``));

  /** Modules of js/ whose data the package does not export. */
  const source = bundled(`
    export { EVENT_NAMES } from './queue/event-details.js';
    export { COLOURS } from './element/style.js';`);

  test('every part', async () => {
    installDom();
    const { MediaFerryElement } = await import('mediaferry/element');
    const element = new MediaFerryElement();
    element.multiple = true;
    element.maxFiles = 2;
    element.options = {}; // applies the attributes, which this DOM does not observe
    element.uploader.pauseAll();
    const [task] = await element.uploader.addAll(['a', 'b', 'c'].map((name) => new File(['text'], `${name}.txt`)));
    task.abort();
    const drawn = () => new Promise((resolve) => setTimeout(resolve, 50));
    await drawn();
    const parts = new Set(partsOf(element));
    // Without a provider, the upload fails when it starts.
    element.uploader.resumeAll();
    while (!partsOf(element).includes('failed')) await drawn();
    for (const part of partsOf(element)) parts.add(part);
    for (const part of ['zone', 'item', 'queued', 'aborted', 'failed', 'error', 'pause', 'refusal', 'total'])
      assert.ok(parts.has(part), `${part} is not among ${[...parts]}`);
    assert.deepEqual(missing([...parts]), []);
  });

  test('every event', async () => {
    const { EVENT_NAMES } = await source;
    assert.ok(EVENT_NAMES.length >= 11);
    assert.deepEqual(missing(EVENT_NAMES), []);
  });

  test('every attribute', async () => {
    const { MediaFerryElement } = await import('mediaferry/element');
    assert.ok(MediaFerryElement.observedAttributes.length >= 15);
    assert.deepEqual(missing(MediaFerryElement.observedAttributes), []);
  });

  test('every colour', async () => {
    const names = Object.keys((await source).COLOURS).map((name) => `--media-ferry-${name}`);
    assert.ok(names.length > 5);
    assert.deepEqual(missing(names), []);
  });
});
