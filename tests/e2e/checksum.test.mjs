// The checksum, on each side of the sizes at which another way to compute it begins, and without one.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { startBackend } from './backend.mjs';
import { BLANK, openTab, startBrowser } from './browser.mjs';
import { lifetime } from './lifetime.mjs';

const KIB = 1 << 10;
const MIB = 1 << 20;

/** The bytes of a small JPEG, followed by others up to `size`. */
function picture(size) {
  const head = '/9j/4AAQSkZJRgABAQAAAQABAAD/wAARCAQABAADASIAAhEBAxEB/9oADAMBAAIRAxEAPwA=';
  const bytes = Buffer.alloc(size, 'a picture of a cat ');
  Buffer.from(head, 'base64').copy(bytes);
  Buffer.from([0xff, 0xd9]).copy(bytes, size - 2);
  return bytes;
}

const hexDigest = (bytes) => createHash('sha256').update(bytes).digest('hex');

suite('the checksum', () => {
  const life = lifetime({ after });
  let backend;
  let tab;
  before(async () => {
    backend = await startBackend(life);
    tab = await openTab(life, await startBrowser(life), backend.url + BLANK);
    await tab.page.evaluate(async (storage) => {
      const { presignedPut, sha256, upload } = await import('/mediaferry/index.js');
      const provider = presignedPut({ sign: ({ bytes }) => ({ url: `${storage}/${bytes}?sig=1` }) });
      globalThis.hashed = async (file) => await sha256(file);
      globalThis.uploaded = async (file, options) => await upload(file, { provider, ...options });
      // Repeats the pattern in the page, because a file of this size would be long to send there.
      globalThis.fileOf = (head, size) => {
        const bytes = new Uint8Array(size);
        const pattern = new TextEncoder().encode('a picture of a cat ');
        for (let at = 0; at < size; at += pattern.length) bytes.set(pattern.subarray(0, size - at), at);
        bytes.set(head);
        bytes.set([0xff, 0xd9], size - 2);
        return new File([bytes], 'cat.jpg', { type: 'image/jpeg' });
      };
    }, backend.storage);
  });

  for (const size of [256 * KIB, 256 * KIB + 1, MIB, MIB + 1, 32 * MIB, 32 * MIB + 1]) {
    test(`of ${size} bytes is that of the file that is stored`, async () => {
      backend.reset();
      backend.routes[`PUT /${size}`] = () => ({ status: 200 });
      const expected = picture(size);
      const result = await tab.page.evaluate(
        async (head, size) => {
          const file = fileOf(head, size);
          return [await hashed(file), (await uploaded(file)).sha256];
        },
        [...expected.subarray(0, 56)],
        size,
      );
      const sum = hexDigest(expected);
      assert.deepEqual([...result, hexDigest(backend.requests[0].body)], [sum, sum, sum]);
    });
  }

  test('of many files at once is that of each', async () => {
    const sizes = Array.from({ length: 12 }, (_, index) => 8 * MIB + index);
    const results = await tab.page.evaluate(
      async (head, sizes) => await Promise.all(sizes.map((size) => hashed(fileOf(head, size)))),
      [...picture(100).subarray(0, 56)],
      sizes,
    );
    assert.deepEqual(
      results,
      sizes.map((size) => hexDigest(picture(size))),
    );
  });

  test('is not computed if it is skipped', async () => {
    backend.reset();
    backend.routes['PUT /1000'] = () => ({ status: 200 });
    const head = [...picture(100).subarray(0, 56)];
    const asset = await tab.page.evaluate(
      async (head) => await uploaded(fileOf(head, 1000), { checksum: 'skip' }),
      head,
    );
    assert.deepEqual([asset.ref, 'sha256' in asset], [`${backend.storage}/1000`, false]);
    assert.equal(hexDigest(backend.requests[0].body), hexDigest(picture(1000)));
  });

  test('has no other kind than sha256', async () => {
    const message = await tab.page.evaluate(
      (head) => uploaded(fileOf(head, 1000), { checksum: 'md5' }).catch(({ name, message }) => `${name}: ${message}`),
      [...picture(100).subarray(0, 56)],
    );
    assert.equal(message, "TypeError: option 'checksum' must be sha256 or skip");
  });
});
