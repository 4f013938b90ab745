// The files of a drop: folders are walked, and what cannot be read does not take the rest with it. The entries are played.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesFrom } from 'mediaferry';

/** Browsers list so many entries at a time. */
const AT_ONCE = 100;

const file = (name) => ({ isFile: true, file: (resolve) => resolve(new File(['x'], name)) });
const lost = (name) => ({ isFile: true, file: (_, reject) => reject(new Error(`${name} is gone`)) });

function folder(...entries) {
  return {
    isDirectory: true,
    createReader() {
      let at = 0;
      return {
        readEntries(resolve) {
          const part = entries.slice(at, at + AT_ONCE);
          at += AT_ONCE;
          setTimeout(resolve, 0, part);
        },
      };
    },
  };
}

const closed = {
  isDirectory: true,
  createReader: () => ({ readEntries: (_, reject) => reject(new Error('a folder is closed')) }),
};

/** What a browser hands out while the event is handled, and takes back when it is over. */
function dropped(...entries) {
  const items = entries.map((entry) => ({ webkitGetAsEntry: () => entry, getAsFile: () => null }));
  queueMicrotask(() => items.splice(0));
  return { items };
}

const names = ({ files }) => files.map(({ name }) => name);

test('folders are walked, in the order of the list and with all that is below them', async () => {
  const many = Array.from({ length: 2 * AT_ONCE + 30 }, (_, number) => file(`${number}`));
  const found = await filesFrom(dropped(file('a'), folder(file('b'), folder(file('c'), folder()), ...many), file('d')));
  assert.deepEqual(names(found), ['a', 'b', 'c', ...many.map((_, number) => `${number}`), 'd']);
  assert.deepEqual(found.errors, []);
});

test('what cannot be read is told, and nothing else is lost', async () => {
  const found = await filesFrom(dropped(lost('a'), folder(file('b'), closed, lost('c')), file('d')));
  assert.deepEqual(names(found), ['b', 'd']);
  assert.deepEqual(
    found.errors.map(({ message }) => message),
    ['a is gone', 'a folder is closed', 'c is gone'],
  );
});

test('events, pastes and lists are taken as well, and what is no file is left out', async () => {
  const text = { webkitGetAsEntry: () => null, getAsFile: () => null };
  const pasted = { webkitGetAsEntry: () => null, getAsFile: () => new File(['x'], 'pasted') };
  assert.deepEqual(names(await filesFrom({ clipboardData: { items: [text, pasted] } })), ['pasted']);
  assert.deepEqual(names(await filesFrom({ dataTransfer: dropped(file('a')) })), ['a']);
  assert.deepEqual(await filesFrom({ dataTransfer: null }), { files: [], errors: [] });
  assert.deepEqual(await filesFrom(new Set(['https://a.test/'])), { files: ['https://a.test/'], errors: [] });
});
