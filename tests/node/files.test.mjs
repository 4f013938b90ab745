// filesFrom() with mock entries: folders are traversed, and entries that cannot be read do not affect others.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesFrom } from 'mediaferry';

/** The number of entries that browsers return at a time. */
const AT_ONCE = 100;

const file = (name) => ({ isFile: true, name, file: (resolve) => resolve(new File(['x'], name)) });
const lost = (name) => ({ isFile: true, name, file: (_, reject) => reject(new Error(`${name} is gone`)) });
const silent = (name) => ({ isFile: true, name, file: () => {} });

const folder = (...entries) => named('folder', ...entries);

function named(name, ...entries) {
  return {
    isDirectory: true,
    name,
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

/** The data of an event, which browsers empty when the event handler returns. */
function dropped(...entries) {
  const items = entries.map((entry) => ({ webkitGetAsEntry: () => entry, getAsFile: () => null }));
  queueMicrotask(() => items.splice(0));
  return { items };
}

const names = ({ files }) => files.map(({ name }) => name);
const messages = ({ errors }) => errors.map(({ message }) => message);

/** Handles, the newer of the two interfaces. */
const handled = (name) => ({ kind: 'file', name, getFile: async () => new File(['x'], name) });

function handledFolder(name, ...entries) {
  async function* values() {
    yield* entries;
  }
  return { kind: 'directory', name, values };
}

/** A drop of one item with these methods. */
const item = (known) => ({ dataTransfer: { items: [{ kind: 'file', getAsFile: () => null, ...known }] } });

test('folders are traversed in the order of the list', async () => {
  const many = Array.from({ length: 2 * AT_ONCE + 30 }, (_, number) => file(`${number}`));
  const found = await filesFrom(dropped(file('a'), folder(file('b'), folder(file('c'), folder()), ...many), file('d')));
  assert.deepEqual(names(found), ['a', 'b', 'c', ...many.map((_, number) => `${number}`), 'd']);
  assert.deepEqual(found.errors, []);
});

test('entries that cannot be read are reported, and all others are found', async () => {
  const found = await filesFrom(dropped(lost('a'), folder(file('b'), closed, lost('c')), file('d')));
  assert.deepEqual(names(found), ['b', 'd']);
  assert.deepEqual(messages(found), ['a is gone', 'a folder is closed', 'c is gone']);
});

test('events, pastes and lists are accepted, and items that are not files are left out', async () => {
  const text = { webkitGetAsEntry: () => null, getAsFile: () => null };
  const pasted = { webkitGetAsEntry: () => null, getAsFile: () => new File(['x'], 'pasted') };
  assert.deepEqual(names(await filesFrom({ clipboardData: { items: [text, pasted] } })), ['pasted']);
  assert.deepEqual(names(await filesFrom({ dataTransfer: dropped(file('a')) })), ['a']);
  assert.deepEqual(await filesFrom({ dataTransfer: null }), { files: [], errors: [] });
  assert.deepEqual(await filesFrom(new Set(['https://a.test/'])), { files: ['https://a.test/'], errors: [] });
});

test('system files in folders are left out', async () => {
  const junk = [
    ...[
      '.DS_Store',
      'Thumbs.db',
      'thumbs.db',
      'ehthumbs.db',
      'ehthumbs_vista.db',
      'desktop.ini',
      'Desktop.ini',
      '._cat.jpg',
    ],
    ...[
      'Icon\r',
      '.localized',
      '.directory',
      '.fseventsd',
      '.apdisk',
      '.VolumeIcon.icns',
      '.nfs0000a1',
      '.AppleDouble',
    ],
  ];
  const folders = [
    '__MACOSX',
    '.Spotlight-V100',
    '.Trashes',
    '.Trash-1000',
    '$RECYCLE.BIN',
    '@eaDir',
    '.TemporaryItems',
  ];
  const kept = ['cat.jpg', '.hidden.jpg', 'Thumbs.db.jpg', 'Icon', 'my desktop.ini', '_.jpg', 'directory'];
  const entries = [...junk.map(file), ...folders.map((name) => named(name, file('inside.jpg'))), ...kept.map(file)];
  assert.deepEqual(names(await filesFrom(dropped(folder(...entries)))), kept);
  assert.deepEqual(names(await filesFrom(dropped(folder(folder(...entries))))), kept);
  const handles = handledFolder('folder', ...entries.filter(({ isFile }) => isFile).map(({ name }) => handled(name)));
  assert.deepEqual(names(await filesFrom(item({ getAsFileSystemHandle: async () => handles }))), kept);
  const picked = (path) => Object.assign(new File([], path.split('/').at(-1)), { webkitRelativePath: path });
  const list = ['a/cat.jpg', 'a/.DS_Store', 'a/b/Thumbs.db', 'a/__MACOSX/._cat.jpg', '.Trashes/dog.jpg'].map(picked);
  assert.deepEqual(names(await filesFrom(list)), ['cat.jpg', 'dog.jpg']);
});

test('a single picked or dropped file is accepted whatever its name', async () => {
  const single = new File([], '.DS_Store');
  assert.deepEqual(names(await filesFrom([single])), ['.DS_Store']);
  assert.deepEqual(names(await filesFrom(dropped(file('desktop.ini'), named('__MACOSX', file('a'))))), [
    'desktop.ini',
    'a',
  ]);
});

test('an entry that one interface cannot read is read by the other', async () => {
  const getAsFile = () => new File([], 'as a file');
  const getAsFileSystemHandle = async () => handled('by a handle');
  const one = async (known) => {
    const found = await filesFrom(item(known));
    return [...names(found), ...messages(found)];
  };
  assert.deepEqual(await one({ webkitGetAsEntry: () => lost('a'), getAsFile }), ['as a file']);
  assert.deepEqual(await one({ webkitGetAsEntry: () => null, getAsFile }), ['as a file']);
  assert.deepEqual(await one({ getAsFile }), ['as a file']);
  assert.deepEqual(await one({ webkitGetAsEntry: () => lost('a'), getAsFileSystemHandle }), ['by a handle']);
  assert.deepEqual(await one({ getAsFileSystemHandle }), ['by a handle']);
  // What a browser gives as the file of a folder has nothing in it.
  assert.deepEqual(await one({ webkitGetAsEntry: () => closed, getAsFile }), ['a folder is closed']);
  const byHandle = async () => handledFolder('folder', handled('a'), handledFolder('inner', handled('b')));
  assert.deepEqual(await one({ webkitGetAsEntry: () => closed, getAsFile, getAsFileSystemHandle: byHandle }), [
    'a',
    'b',
  ]);
  const refused = async () => Promise.reject(new Error('no handle'));
  assert.deepEqual(await one({ webkitGetAsEntry: () => lost('a'), getAsFileSystemHandle: refused }), ['a is gone']);
  assert.deepEqual(await one({ getAsFileSystemHandle: async () => null }), []);
  const broken = () => {
    throw new Error('not for you');
  };
  assert.deepEqual(await one({ webkitGetAsEntry: broken }), ['not for you']);
});

test('an entry that never settles is reported after ten seconds', async (t) => {
  // What walks folders is loaded for the first of them.
  await filesFrom(dropped(folder()));
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const endless = { isDirectory: true, name: 'endless', createReader: () => ({ readEntries: () => {} }) };
  const drop = { kind: 'file', webkitGetAsEntry: () => silent('c'), getAsFile: () => new File([], 'c by itself') };
  const { items } = dropped(file('a'), folder(silent('b'), silent('b2'), endless, file('d')));
  let found;
  filesFrom([...items, drop]).then((all) => {
    found = all;
  });
  for (let turns = 0; turns < 10; turns++) await new Promise(setImmediate);
  t.mock.timers.tick(9_999);
  await new Promise(setImmediate);
  assert.equal(found, undefined);
  // The folder's own answer had to come first.
  for (let turns = 0; turns < 10; turns++) {
    t.mock.timers.tick(1_000);
    await new Promise(setImmediate);
  }
  assert.deepEqual(names(found), ['a', 'd', 'c by itself']);
  assert.deepEqual(
    messages(found),
    ['b', 'b2', 'endless'].map((name) => `${name} was not read in 10 s`),
  );
  assert.ok(found.errors.every(({ name }) => name === 'TimeoutError'));
});

test('a folder whose listing fails keeps the entries that were listed', async () => {
  const parts = [[file('a')], [file('b')]];
  const reader = {
    readEntries: (resolve, reject) => (parts.length > 0 ? resolve(parts.shift()) : reject(new Error('unplugged'))),
  };
  const found = await filesFrom(dropped({ isDirectory: true, name: 'stick', createReader: () => reader }));
  assert.deepEqual([names(found), messages(found)], [['a', 'b'], ['unplugged']]);
});

test('a single file or URL is accepted', async () => {
  const single = new File([], 'a');
  const url = new URL('https://a.test/');
  for (const source of [single, new Blob([]), url, 'https://a.test/'])
    assert.deepEqual(await filesFrom(source), { files: [source], errors: [] });
  assert.deepEqual(
    names(await filesFrom({ files: [single], items: undefined })),
    ['a'],
    'a DataTransfer without items',
  );
});

test('null is no file: an input or an event may have it instead of a list', async () => {
  assert.deepEqual(await filesFrom(null), { files: [], errors: [] });
});

test('anything else rejects with a TypeError that names what is accepted', async () => {
  for (const sources of [undefined, 0, 42, true, Symbol('a'), {}, () => {}, new Date(), Promise.resolve([])])
    await assert.rejects(
      filesFrom(sources),
      (error) => error instanceof TypeError && /a File, a Blob, a URL/.test(error.message),
    );
  const found = await filesFrom([new File([], 'a'), null, 42, {}, new File([], 'b')]);
  assert.deepEqual(names(found), ['a', 'b']);
  assert.equal(found.errors.length, 3);
  for (const error of found.errors) assert.match(error.message, /a File, a Blob, a URL/);
  const broken = {
    [Symbol.iterator]() {
      throw new Error('no list');
    },
  };
  await assert.rejects(filesFrom(broken), { message: 'no list' });
});
