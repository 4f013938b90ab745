// The element's list of interrupted uploads, under jsdom and with a queue that a test scripts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JSDOM } from 'jsdom';
import { bundled } from './bundled.mjs';
import { installWindow } from './dom-library.mjs';

installWindow(new JSDOM('<!doctype html>', { url: 'http://localhost:3000/', pretendToBeVisual: true }).window);
const { Interrupted, labelsEn } = await bundled(
  "export { Interrupted } from './element/interrupted.js'; export { labelsEn } from './locale/labels-en.js';",
);

const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
const stored = (id) => ({ id, name: `${id}.mov`, size: 100, storedBytes: 40, type: 'video/quicktime', hasFile: true });

/** A queue whose interrupted uploads are `uploads`, and the list of them. */
async function create(...uploads) {
  const queue = { uploads, reads: 0, listeners: {}, resumed: [] };
  const list = new Interrupted(
    {
      on: (name, listener) => {
        queue.listeners[name] = listener;
      },
      resumable: async () => {
        queue.reads += 1;
        if (queue.error) throw queue.error;
        return queue.uploads;
      },
      resume: async (id) => {
        queue.resumed.push(id);
        queue.uploads = queue.uploads.filter((upload) => upload.id !== id);
      },
    },
    { labels: () => labelsEn, isDisabled: () => false, announce: () => {}, focusElsewhere: () => {} },
  );
  document.body.replaceChildren(list.element);
  await list.refresh();
  const names = () => [...list.element.querySelectorAll('[part="name"]')].map(({ title }) => title);
  return { list, queue, names, buttons: () => [...list.element.querySelectorAll('button')] };
}

/** Collects what is reported as an error of the page. */
function reported(t) {
  const errors = [];
  const { reportError } = globalThis;
  globalThis.reportError = (error) => errors.push(error);
  t.after(() => {
    globalThis.reportError = reportError;
  });
  return errors;
}

for (const event of ['upload-error', 'upload-success', 'file-removed'])
  test(`after ${event} the list is read again, once for many`, async () => {
    const { queue, names, buttons } = await create(stored('a'), stored('b'));
    buttons()[0].click();
    await sleep(20);
    assert.deepEqual([queue.resumed, names()], [['a'], ['b.mov']]);
    // Another file was picked, so it can still be resumed.
    queue.uploads = [stored('b'), stored('a')];
    queue.reads = 0;
    for (let count = 0; count < 100; count++) queue.listeners[event]();
    await sleep(400);
    assert.deepEqual([queue.reads, names()], [1, ['b.mov', 'a.mov']]);
  });

test('the focus stays where it is, and buttons are not replaced without a change', async () => {
  const { queue, buttons } = await create(stored('a'), stored('b'));
  const [, , , last] = buttons();
  last.focus();
  queue.uploads = [stored('a'), stored('b')];
  queue.listeners['upload-success']();
  await sleep(400);
  assert.equal(document.activeElement, last);
  queue.uploads = [stored('c'), stored('a'), stored('b')];
  queue.listeners['upload-success']();
  await sleep(400);
  assert.equal(document.activeElement.ariaLabel ?? document.activeElement.getAttribute('aria-label'), 'Discard b.mov');
  queue.uploads = [stored('c')];
  queue.listeners['upload-success']();
  await sleep(400);
  assert.equal(document.activeElement, buttons()[0]);
});

test('without IndexedDB there is nothing to resume, which is no error', async (t) => {
  const errors = reported(t);
  const { list, queue, names } = await create(stored('a'));
  queue.error = new ReferenceError('indexedDB is not defined');
  await list.refresh();
  assert.deepEqual([errors, names()], [[], []]);
  globalThis.indexedDB = {};
  t.after(() => {
    globalThis.indexedDB = undefined;
  });
  queue.error = new DOMException('a private window', 'SecurityError');
  await list.refresh();
  assert.deepEqual(errors, []);
  queue.error = new TypeError('a mistake');
  await list.refresh();
  assert.deepEqual(errors, [queue.error]);
});
