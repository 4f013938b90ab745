// What the package does under a library that imitates a browser in Node. Each has a test file, and so a process, of its own.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

const cat = readFileSync(new URL('../fixtures/e2e/cat.jpg', import.meta.url));
const OPTIONS = { provider: 'modelhunter' };

/** What a JavaScript engine has by itself. */
const BUILT_IN = runInNewContext('Object.getOwnPropertyNames(globalThis)');

/** Makes the window's properties globals, as Vitest and Jest do. Of Node's own, the window replaces the classes. */
export function installWindow(window) {
  for (let from = window; from && from !== Object.prototype; from = Object.getPrototypeOf(from))
    for (const name of Object.getOwnPropertyNames(from)) {
      const isKept = BUILT_IN.includes(name) || (name in globalThis && !/^[A-Z]/.test(name));
      if (isKept || /^(AbortController|AbortSignal|Headers|Request|Response|TextDecoder|TextEncoder)$/.test(name))
        continue;
      const known = window[name];
      const value = typeof known === 'function' && !/^[A-Z]/.test(name) ? known.bind(window) : known;
      Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
    }
  globalThis.window = globalThis;
}

/** Registers the tests. `reads` tells whether the library's files can be read. */
export function testPackage({ reads }) {
  const photo = () => new File([cat], 'cat.jpg', { type: 'image/jpeg' });

  test('every entry can be imported', async () => {
    for (const entry of [
      'mediaferry',
      'mediaferry/element',
      'mediaferry/locale',
      'mediaferry/testing',
      'mediaferry/standalone',
    ])
      await import(entry);
  });

  test('calls work, or reject with a SetupError', async () => {
    const { providers, probe, upload } = await import('mediaferry');
    assert.ok((await providers()).length >= 5);
    if (reads) assert.equal((await probe(photo())).format, 'JPEG');
    else {
      const unsupported = { name: 'SetupError', code: 'unsupported' };
      await assert.rejects(probe(photo()), unsupported);
      await assert.rejects(upload(photo(), OPTIONS).result, unsupported);
    }
  });

  test('with a fake, everything works', async (t) => {
    const { check, probe, sha256, Uploader, upload } = await import('mediaferry');
    const { installFake } = await import('mediaferry/testing');
    const fake = installFake();
    t.after(() => fake.uninstall());
    const { media, sha256: sum } = await upload(photo(), OPTIONS);
    assert.deepEqual([media.format, media.bytes, media.name], ['JPEG', cat.length, 'cat.jpg']);
    assert.equal(sum, await sha256(photo()));
    assert.equal((await probe(photo())).kind, 'image');
    assert.ok((await check(photo())).every(({ accepted }) => accepted));
    const uploader = new Uploader(OPTIONS);
    await uploader.addAll([photo(), photo()]);
    assert.equal((await uploader.start()).successful.length, 2);
  });

  test('the element shows uploads, and is part of a form', async (t) => {
    await import('mediaferry/element');
    const { installFake } = await import('mediaferry/testing');
    const fake = installFake({ upload: ({ source }) => (source.name === 'b.png' ? { error: 'network' } : {}) });
    t.after(() => fake.uninstall());
    document.body.innerHTML =
      '<form><media-ferry name="image" provider="modelhunter" multiple required></media-ferry></form>';
    const element = document.querySelector('media-ferry');
    assert.equal(element.constructor.name.length > 0 && typeof element.clear, 'function');
    const succeeded = new Promise((resolve) => element.addEventListener('upload-success', resolve));
    const failed = new Promise((resolve) => element.addEventListener('upload-error', resolve));
    await element.uploader.addAll([photo(), new File(['x'], 'b.png', { type: 'image/png' })]);
    const [{ detail }, { detail: failure }] = await Promise.all([succeeded, failed]);
    assert.equal(element.value, detail.asset.ref);
    assert.equal(failure.error.code, 'network');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const text = element.shadowRoot.textContent;
    assert.match(text, /cat\.jpg/);
    assert.match(text, /The connection failed/);
    assert.equal(typeof element.checkValidity(), 'boolean');
    element.details = 'all';
    element.view = 'grid';
    element.labels = { remove: 'Weg' };
    element.remove();
    element.clear();
    assert.deepEqual(element.assets, []);
  });
}
