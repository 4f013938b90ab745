// The hooks without a DOM: what a server renders, and what the entry brings along.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Uploader } from 'mediaferry';
import { useUpload, useUploader } from 'mediaferry/react';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';

const code = readFileSync(new URL('../../dist/react.js', import.meta.url), 'utf8');

/** Renders a component that calls the hook, as a server does; gives what the hook gave. */
function render(hook) {
  let given;
  const html = renderToString(
    createElement(() => {
      given = hook();
      return given.status ?? given.uploads.length;
    }),
  );
  return { ...given, html };
}

test('a server renders an empty queue, which is one of the package', () => {
  const { uploads, progress, uploader, html } = render(() => useUploader({ provider: 'apiframe', concurrency: 2 }));
  assert.deepEqual([uploads, progress.files, html], [[], 0, '0']);
  assert.ok(uploader instanceof Uploader, 'a page has one copy of the package');
  assert.equal(uploader.options.concurrency, 2);
});

test('a server renders an upload that is idle', () => {
  const { status, progress, asset, error, html } = render(() => useUpload({ provider: 'apiframe' }));
  assert.deepEqual([status, progress.fraction, asset, error, html], ['idle', 0, undefined, undefined, 'idle']);
});

test('rendering listens to no signal, for it may be thrown away', () => {
  const { signal } = new AbortController();
  signal.addEventListener = () => assert.fail('a listener');
  render(() => useUploader({ provider: 'apiframe', signal }));
});

test('it is a client’s module, and brings neither React nor a second core along', () => {
  assert.match(code, /^"use client";/);
  assert.deepEqual([...code.matchAll(/from"([^"]+)"/g)].map(([, from]) => from).sort(), ['./index.js', 'react']);
});
