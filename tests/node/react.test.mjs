// The hooks without a DOM: what a server renders, and what the entry imports.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Uploader } from 'mediaferry';
import { useUpload, useUploader } from 'mediaferry/react';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { importsOf } from './imports.mjs';

/** Renders a component that calls the hook, as a server does; returns the hook's result. */
function render(hook) {
  let result;
  const html = renderToString(
    createElement(() => {
      result = hook();
      return result.status ?? result.uploads.length;
    }),
  );
  return { ...result, html };
}

test('useUploader on a server renders an empty queue', () => {
  const { uploads, progress, uploader, html } = render(() => useUploader({ provider: 'apiframe', concurrency: 2 }));
  assert.deepEqual([uploads, progress.files, html], [[], 0, '0']);
  assert.ok(uploader instanceof Uploader, 'a page has one copy of the package');
  assert.equal(uploader.options.concurrency, 2);
});

test('useUpload on a server renders an idle upload', () => {
  const { status, progress, asset, error, html } = render(() => useUpload({ provider: 'apiframe' }));
  assert.deepEqual([status, progress.fraction, asset, error, html], ['idle', 0, undefined, undefined, 'idle']);
});

test('rendering adds no listener to the signal, because React may discard a render', () => {
  const { signal } = new AbortController();
  signal.addEventListener = () => assert.fail('a listener');
  render(() => useUploader({ provider: 'apiframe', signal }));
});

test('the entry is a client module that imports React and the main entry', async () => {
  assert.ok(readFileSync(new URL('../../dist/react.js', import.meta.url), 'utf8').startsWith('"use client";'));
  assert.deepEqual(await importsOf('react'), ['./index.js', 'react']);
});
