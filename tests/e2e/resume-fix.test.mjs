// An interrupted upload of a fixed file: it continues with the original, if the fix makes the same bytes of it again.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { bitmap, withLocation } from './fix-files.mjs';
import { REAL, sha256 } from './fixtures.mjs';
import { add, interrupt, isStored, list, openQueue } from './resumable.mjs';
import { gateway, setUp } from './setup.mjs';

const PART = 1_000_000;

/** A JPEG of several parts, whose metadata are its location. Each part has its own bytes, below that of a marker. */
function photo() {
  const [cat] = REAL;
  const pixels = Buffer.alloc(6 * PART, 1);
  for (let at = 0; at + 4 < pixels.length; at += 4) pixels.writeUInt32BE(at & 0x7f7f7f7f, at);
  const plain = Buffer.concat([cat.bytes.subarray(0, -2), pixels, Buffer.from([0xff, 0xd9])]);
  return withLocation(plain);
}

const PHOTO = { name: 'holiday.jpg', bytes: photo() };

suite('an interrupted upload of a fixed file', () => {
  setUp({ args: ['--part-bytes', String(PART)] });

  test('continues with the original, by what a lossless change makes of it', async (t) => {
    for (const privacy of ['strip-location', 'strip-metadata']) {
      const options = { privacy };
      const tab = await openQueue(t, options);
      await interrupt(tab, PHOTO, { stored: 2, part: PART, ...options });
      const [{ name, size, storedBytes }] = await list(tab);
      assert.deepEqual([name, storedBytes], ['holiday.jpg', 2 * PART]);
      const { asset } = await add(tab, { ...PHOTO, name: 'again.jpg' }, { wait: true });
      assert.deepEqual([asset.fixes, asset.sourceSha256], [['strip-metadata'], sha256(PHOTO.bytes)]);
      const sent = (await gateway.sent()).filter(isStored).length;
      assert.equal(sent, Math.ceil(size / PART) - 2);
      assert.deepEqual(await list(tab), []);
    }
  });

  test('continues by its id, and not with another change', async (t) => {
    const options = { privacy: 'strip-metadata' };
    const tab = await openQueue(t, options);
    await interrupt(tab, PHOTO, { stored: 2, part: PART });
    const [{ id }] = await list(tab);
    assert.equal((await add(tab, PHOTO, { wait: true, id })).error, 'different_file', 'the original itself');
    await tab.page.evaluate((options) => {
      for (const task of queue.tasks) queue.remove(task);
      queue.options = { ...queue.options, ...options };
    }, options);
    const { asset } = await add(tab, PHOTO, { wait: true, id });
    assert.equal(asset.sourceSha256, sha256(PHOTO.bytes));
  });

  test('of an image that was encoded: continues if its bytes are the same, otherwise starts again', async (t) => {
    const picture = { name: 'drawn.bmp', bytes: noise(1600, 1200) };
    const options = { fix: true, privacy: 'strip-metadata' };
    for (const quality of [0.92, 0.8]) {
      const tab = await openQueue(t, options);
      await interrupt(tab, picture, { stored: 1, part: PART, ...options, fix: { quality } });
      const [{ id, size, storedBytes, type }] = await list(tab);
      assert.deepEqual([type, storedBytes], ['image/jpeg', PART]);
      const isSame = quality === 0.92;
      if (!isSame) {
        const { error } = await add(tab, picture, { wait: true, id });
        assert.equal(error, 'different_file');
        await tab.page.evaluate(() => {
          for (const task of queue.tasks) queue.remove(task);
        });
      }
      const { asset } = await add(tab, picture, { wait: true });
      assert.deepEqual(asset.fixes, ['convert']);
      const sent = (await gateway.sent()).filter(isStored).length;
      if (isSame) assert.equal(sent, Math.ceil(size / PART) - 1);
      assert.equal((await list(tab)).length, isSame ? 0 : 1);
      await tab.page.evaluate(async () => await queue.forget());
    }
  });
});

/** A bitmap that hardly compresses. */
function noise(width, height) {
  const bytes = bitmap(width, height);
  let state = 1;
  for (let at = 54; at < bytes.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
