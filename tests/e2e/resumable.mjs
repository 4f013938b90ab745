// A queue in the page whose uploads can be resumed, and an upload that is interrupted by a reload.

import { setTimeout as sleep } from 'node:timers/promises';
import { BLANK, openTab } from './browser.mjs';
import { browser, gateway } from './setup.mjs';

/** Faults: the first parts are stored; the others take so long that only a reload or a cancellation ends the upload. */
export const slowAfter = (stored) =>
  Array.from({ length: 12 }, (_, at) => ({
    at: 'storage',
    method: 'PUT',
    query: `partNumber=${stored + 1 + at}`,
    times: 100,
    fault: { delay_millis: 60_000 },
  }));

/** Opens a page with a queue. */
export async function openQueue(t, options = {}) {
  const tab = await openTab(t, browser, gateway.url + BLANK);
  await prepare(tab, options);
  return tab;
}

/** Uploads a file until so many parts of so many bytes are stored, then reloads the page. */
export async function interrupt(tab, file, { stored, part, ...options }) {
  await gateway.fault(...slowAfter(stored));
  await add(tab, file);
  await storedBytes(tab, (bytes) => bytes >= stored * part);
  await tab.page.goto(gateway.url + BLANK);
  await gateway.reset();
  await prepare(tab, options);
}

/** Creates the queue in the page. */
export async function prepare(tab, options) {
  await tab.page.evaluate(async (options) => {
    const { Uploader } = await import('/mediaferry/index.js');
    globalThis.queue = new Uploader({
      provider: 'apiframe',
      multipartThreshold: 1,
      resume: { names: true },
      ...options,
    });
    queue.on('upload-error', () => {});
    /** What a lifecycle rule of the bucket does. */
    globalThis.abortAtGateway = async (id) => {
      const opening = indexedDB.open('mediaferry');
      await new Promise((resolve) => opening.addEventListener('success', resolve));
      const reading = opening.result.transaction('uploads').objectStore('uploads').get(id);
      await new Promise((resolve) => reading.addEventListener('success', resolve));
      opening.result.close();
      const { token } = JSON.parse(reading.result.continuation);
      const body = JSON.stringify({ token });
      const headers = { 'content-type': 'application/json' };
      const { status } = await fetch('/staging/uploads/abort', { method: 'POST', headers, body });
      if (status !== 204) throw new Error(`${status}`);
    };
  }, options);
}

/** Adds a file. With `wait`, returns `{ asset, first }` or `{ error }`; `first` is the first progress of the transfer. */
export async function add(tab, file, { wait = false, id, isRecorded = true } = {}) {
  const input = await tab.holding([file]);
  const result = await tab.page.evaluate(
    async (input, wait, id) => {
      const [file] = input.files;
      try {
        const task = id ? (await queue.resume(id, file)).task : queue.add(file);
        let first;
        queue.on('upload-progress', (of, { fraction }) => {
          if (of === task && task.stage === 'transfer') first ??= fraction;
        });
        if (!wait) return {};
        const { sha256, ref, fixes, sourceSha256 } = await task;
        return { asset: { sha256, ref, sourceSha256, fixes: fixes?.map(({ kind }) => kind) }, first };
      } catch ({ code, message }) {
        return { error: code ?? message };
      }
    },
    input,
    wait,
    id,
  );
  // The record of an upload that has succeeded is deleted soon afterwards, unless the page is closed before.
  if (result.asset && isRecorded)
    await recorded(tab, (uploads) => uploads.every(({ continuation }) => isInParts(continuation)));
  return result;
}

const isInParts = (continuation) => continuation.startsWith('{"phase":"parts"');

/** Not those that the reload has aborted. */
export const isStored = (line) => /^storage PUT .* 200$/.test(line);

export const list = (tab) => tab.page.evaluate(async () => await queue.resumable());

/** Waits until this many bytes are recorded. */
export const storedBytes = (tab, isEnough) =>
  recorded(tab, (uploads) => isEnough(uploads.reduce((sum, { storedBytes }) => sum + storedBytes, 0)));

/** Waits for what is recorded. The queue that uploads holds the lock, so the database is read itself. */
export async function recorded(tab, isExpected) {
  for (const end = Date.now() + 30_000; ; await sleep(50)) {
    const uploads = await tab.page.evaluate(async () => {
      // Opening it would create it.
      if (!(await indexedDB.databases()).some(({ name }) => name === 'mediaferry')) return [];
      const opening = indexedDB.open('mediaferry');
      await new Promise((resolve) => opening.addEventListener('success', resolve));
      const db = opening.result;
      const reading = db.transaction('uploads').objectStore('uploads').getAll();
      await new Promise((resolve) => reading.addEventListener('success', resolve));
      db.close();
      return reading.result.map(({ storedBytes, continuation }) => ({ storedBytes, continuation }));
    });
    if (isExpected(uploads)) return;
    if (Date.now() > end) throw new Error(`recorded: ${JSON.stringify(uploads)}`);
  }
}
