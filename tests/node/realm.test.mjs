// Type checks of objects from other realms.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { bundled } from './bundled.mjs';

let realm;

before(async () => {
  realm = await bundled("export * from './api/realm.js'");
});

/** Classes of another realm, as far as tags and prototypes go; vm contexts have no Blob of their own. */
const other = runInNewContext(`
  class Blob { get [Symbol.toStringTag]() { return 'Blob'; } }
  class File extends Blob { get [Symbol.toStringTag]() { return 'File'; } }
  class Named extends File { get [Symbol.toStringTag]() { return 'Named'; } }
  ({ blob: new Blob(), file: new File(), named: new Named(), date: new Date(0), object: {}, none: Object.create(null) })`);

class Photo extends File {}

test('isBlob and isFile recognise objects of other realms and subclasses', () => {
  const { isBlob, isFile } = realm;
  for (const file of [new File([], 'a'), new Photo([], 'a'), other.file, other.named])
    assert.deepEqual([isBlob(file), isFile(file)], [true, true]);
  for (const blob of [new Blob([]), other.blob]) assert.deepEqual([isBlob(blob), isFile(blob)], [true, false]);
});

test('isUrl, isResponse and isDate recognise their objects', () => {
  assert.ok(realm.isUrl(new URL('https://a.test/')));
  assert.ok(realm.isResponse(new Response()));
  for (const date of [new Date(), other.date]) assert.ok(realm.isDate(date));
});

test('no check accepts any other value', () => {
  const others = [null, undefined, 'text', 1, Symbol.iterator, Blob, [], new Map(), other.object, other.none, () => {}];
  for (const value of others) {
    for (const name of ['isBlob', 'isFile', 'isUrl', 'isResponse', 'isDate'])
      assert.equal(realm[name](value), false, `${name} ${typeof value}`);
  }
});
