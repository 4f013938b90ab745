// An upload in parts that is interrupted by a reload, and continued: the same bytes are stored, and no stored part is sent again.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BLANK } from './browser.mjs';
import { add, interrupt, isStored, list, openQueue, prepare, recorded, slowAfter, storedBytes } from './resumable.mjs';
import { gateway, setUp } from './setup.mjs';

const PART = 1_000_000;
const SIZE = 5 * PART + 1000;

/** A JPEG of five parts and a bit. Each part has its own bytes. */
function picture() {
  const head = '/9j/4AAQSkZJRgABAQAAAQABAAD/wAARCAQABAADASIAAhEBAxEB/9oADAMBAAIRAxEAPwA=';
  const bytes = Buffer.alloc(SIZE);
  for (let at = 0; at < SIZE; at += PART) bytes.fill(`part ${at / PART} of a picture `, at, Math.min(at + PART, SIZE));
  Buffer.from(head, 'base64').copy(bytes);
  Buffer.from([0xff, 0xd9]).copy(bytes, SIZE - 2);
  return bytes;
}

const BYTES = picture();
const SHA256 = createHash('sha256').update(BYTES).digest('hex');
const PICTURE = { name: 'holiday.jpg', bytes: BYTES };

const STORED = 3;
const INTERRUPTED = { stored: STORED, part: PART };

suite('an interrupted upload in parts', () => {
  setUp({ args: ['--part-bytes', String(PART)] });

  test('is listed after a reload, and continues with the same file under another name', async (t) => {
    const tab = await openQueue(t);
    await interrupt(tab, PICTURE, INTERRUPTED);
    const [{ name, storedBytes: listed, size, type, hasFile }] = await list(tab);
    assert.deepEqual(
      { name, listed, size, type, hasFile },
      { name: 'holiday.jpg', listed: STORED * PART, size: SIZE, type: 'image/jpeg', hasFile: false },
    );

    const { asset, first } = await add(tab, { name: 'another.jpg', bytes: BYTES }, { wait: true });
    assert.equal(asset.sha256, SHA256);
    assert.ok(first >= (0.8 * listed) / SIZE, `the progress continued at ${first}`);
    assert.equal((await gateway.sent()).filter(isStored).length, 6 - STORED);
    assert.deepEqual(await list(tab), []);
  });

  test('continues by its id', async (t) => {
    const tab = await openQueue(t);
    await interrupt(tab, PICTURE, INTERRUPTED);
    const [{ id }] = await list(tab);
    const without = await tab.page.evaluate(
      async (id) => await queue.resume(id).catch(({ name, code }) => [name, code]),
      id,
    );
    assert.deepEqual(without, ['ResumeError', 'file_required']);
    const { asset } = await add(tab, { name: 'b.jpg', bytes: BYTES }, { wait: true, id });
    assert.equal(asset.sha256, SHA256);
  });

  test('rejects another file of the same size, and keeps the stored parts', async (t) => {
    const tab = await openQueue(t);
    await interrupt(tab, PICTURE, INTERRUPTED);
    const [{ id }] = await list(tab);
    const other = Buffer.from(BYTES);
    other[100] ^= 1;
    const { error } = await add(tab, { name: 'holiday.jpg', bytes: other }, { wait: true, id });
    assert.equal(error, 'different_file');
    assert.deepEqual((await gateway.sent()).filter(isStored), []);
    await tab.page.evaluate(() => {
      for (const task of queue.tasks) queue.remove(task);
    });

    // Added without an id, it is a new upload.
    const { asset } = await add(tab, { name: 'holiday.jpg', bytes: other }, { wait: true });
    assert.equal(asset.sha256, createHash('sha256').update(other).digest('hex'));
  });

  test('stays if the file that is passed for it is none that can be uploaded', async (t) => {
    const tab = await openQueue(t);
    await interrupt(tab, PICTURE, INTERRUPTED);
    const [{ id }] = await list(tab);
    const { error } = await add(tab, { name: 'text.jpg', bytes: Buffer.from('no picture') }, { wait: true, id });
    assert.equal(error, 'unrecognised_file');
    await tab.page.evaluate(() => {
      for (const task of queue.tasks) queue.remove(task);
    });
    const [{ storedBytes: listed }] = await list(tab);
    assert.equal(listed, STORED * PART);
    const { asset } = await add(tab, { name: 'b.jpg', bytes: BYTES }, { wait: true, id });
    assert.equal(asset.sha256, SHA256);
    assert.equal((await gateway.sent()).filter(isStored).length, 6 - STORED);
  });

  test('is sent by one tab only', async (t) => {
    const tab = await openQueue(t);
    await interrupt(tab, PICTURE, INTERRUPTED);
    const [{ id }] = await list(tab);
    const other = await openQueue(t);
    await gateway.fault(...slowAfter(STORED));
    await add(tab, { name: 'a.jpg', bytes: BYTES }, { id });
    await sleep(300);
    assert.deepEqual(await list(other), []);
    const { error } = await add(other, { name: 'a.jpg', bytes: BYTES }, { wait: true, id });
    assert.equal(error, 'in_use');
  });

  /** The assets that the provider has created. */
  const created = async () =>
    (await gateway.settled()).match(/\/sandbox\/apiframe\/v2\/assets\/create status=201/g)?.length ?? 0;

  test('creates one asset if the page is reloaded while that is created', async (t) => {
    for (const named of [true, false]) {
      const tab = await openQueue(t);
      const before = await created();
      await gateway.fault({ at: 'apiframe', path: '/v2/assets/create', fault: { delay_millis: 1_500 } });
      await add(tab, PICTURE);
      await recorded(tab, ([upload]) => upload?.continuation.includes('"submit"'));
      await tab.page.goto(gateway.url + BLANK);
      await prepare(tab, {});
      const [{ id, storedBytes: listed }] = await list(tab);
      assert.equal(listed, SIZE);
      const file = { name: 'b.jpg', bytes: BYTES };
      const { asset, error } = await add(tab, file, { wait: true, ...(named && { id }) });
      assert.ok(asset, error);
      assert.equal(await created(), before + 1);
      assert.deepEqual(await list(tab), []);
      await gateway.reset();
    }
  });

  test('rejects another file after a reload while the asset is created', async (t) => {
    const tab = await openQueue(t);
    await gateway.fault({ at: 'apiframe', path: '/v2/assets/create', fault: { delay_millis: 1_500 } });
    await add(tab, PICTURE);
    await recorded(tab, ([upload]) => upload?.continuation.includes('"submit"'));
    await tab.page.goto(gateway.url + BLANK);
    await prepare(tab, {});
    const [{ id }] = await list(tab);
    const other = Buffer.from(BYTES);
    other[100] ^= 1;
    const { error } = await add(tab, { name: 'holiday.jpg', bytes: other }, { wait: true, id });
    assert.equal(error, 'different_file');
  });

  test('is forgotten on request, and its stored parts are deleted', async (t) => {
    const tab = await openQueue(t);
    await interrupt(tab, PICTURE, INTERRUPTED);
    await tab.page.evaluate(async () => await queue.forget());
    assert.deepEqual(await list(tab), []);
    const isAborted = async () => (await gateway.sent()).includes('gateway POST /staging/uploads/abort 204');
    for (const end = Date.now() + 10_000; !(await isAborted()); await sleep(50)) assert.ok(Date.now() < end);
  });

  test('is deleted if it is cancelled before it has continued', async (t) => {
    const tab = await openQueue(t);
    const isAborted = async () => (await gateway.sent()).includes('gateway POST /staging/uploads/abort 204');
    for (const named of [true, false]) {
      await interrupt(tab, PICTURE, INTERRUPTED);
      const [{ id }] = await list(tab);
      await add(tab, { name: 'b.jpg', bytes: BYTES }, named ? { id } : {});
      await tab.page.evaluate(() => queue.cancelAll());
      for (const end = Date.now() + 10_000; !(await isAborted()); await sleep(50)) assert.ok(Date.now() < end);
      assert.deepEqual(await list(tab), []);
    }
  });

  test('is not remembered once it is cancelled', async (t) => {
    const tab = await openQueue(t);
    await gateway.fault(...slowAfter(STORED));
    await add(tab, { name: 'holiday.jpg', bytes: BYTES });
    await storedBytes(tab, (bytes) => bytes >= PART);
    await tab.page.evaluate(() => queue.cancelAll());
    for (const end = Date.now() + 10_000; (await list(tab)).length > 0; await sleep(50)) assert.ok(Date.now() < end);
  });

  test('starts again by itself if storage no longer has it', async (t) => {
    const tab = await openQueue(t);
    await interrupt(tab, PICTURE, INTERRUPTED);
    const [{ id }] = await list(tab);
    await tab.page.evaluate(async (id) => await abortAtGateway(id), id);
    const { asset } = await add(tab, { name: 'a.jpg', bytes: BYTES }, { wait: true, id });
    assert.equal(asset.sha256, SHA256);
  });

  test('does not need a database: uploads go on without it', async (t) => {
    const tab = await openQueue(t);
    await tab.page.evaluate(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('no storage', 'QuotaExceededError');
      };
      queue.on('resume-unavailable', ({ name }) => {
        globalThis.unavailable = name;
      });
    });
    const { asset } = await add(tab, { name: 'a.jpg', bytes: BYTES }, { wait: true, isRecorded: false });
    assert.equal(asset.sha256, SHA256);
    assert.equal(await tab.page.evaluate(() => globalThis.unavailable), 'QuotaExceededError');
  });

  /** Shows an element in the page. Returns its shadow root. */
  async function showElement(tab) {
    await tab.page.evaluate(async () => {
      await import('/mediaferry/element.js');
      const element = Object.assign(document.createElement('media-ferry'), { provider: 'apiframe', resume: true });
      element.options = { multipartThreshold: 1 };
      document.body.replaceChildren(element);
    });
    return await tab.page.evaluateHandle(() => document.querySelector('media-ferry').shadowRoot);
  }

  test('is shown by the element, which resumes it with the file that is picked, or discards it', async (t) => {
    const tab = await openQueue(t);
    for (const button of [1, 0]) {
      await interrupt(tab, PICTURE, INTERRUPTED);
      const list = await showElement(tab);
      const row = await list.waitForSelector('[part="interrupted-item"]', { visible: true });
      assert.match(
        await row.evaluate(({ innerText }) => innerText),
        /holiday\.jpg\s+\d\d%\suploaded\s+Resume\s+Discard/,
      );
      await row.evaluate((element, at) => element.querySelectorAll('button')[at].click(), button);
      if (button === 0) {
        const input = await list.$('[part="interrupted"] input');
        await input.uploadFile(...tab.save([{ name: 'b.jpg', bytes: BYTES }]));
        await list.waitForSelector('[part~="succeeded"]', { visible: true, timeout: 60_000 });
        const sum = await tab.page.evaluate(() => document.querySelector('media-ferry').assets[0].sha256);
        assert.equal(sum, SHA256);
      }
      await list.waitForSelector('[part="interrupted"][hidden]', { timeout: 30_000 });
    }
  });

  test('is shown by the element again after another file was picked', async (t) => {
    const tab = await openQueue(t);
    await interrupt(tab, PICTURE, INTERRUPTED);
    const list = await showElement(tab);
    const row = await list.waitForSelector('[part="interrupted-item"]', { visible: true });
    await row.evaluate((element) => element.querySelector('button').click());
    const input = await list.$('[part="interrupted"] input');
    const other = Buffer.from(BYTES).fill('x', PART, PART + 100);
    await input.uploadFile(...tab.save([{ name: 'other.jpg', bytes: other }]));
    const error = await list.waitForSelector('[part="error"]', { visible: true, timeout: 60_000 });
    assert.match(await error.evaluate(({ textContent }) => textContent), /^This is not the file/);
    await list.waitForSelector('[part="interrupted-item"]', { visible: true, timeout: 5_000 });
  });
});
