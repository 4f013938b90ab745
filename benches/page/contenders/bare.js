// Uploads without a library: a PUT for each file, several at a time.

import { putUrl } from './urls.js';

/** The size of a part, as in mediaferry. */
const PART_BYTES = 8 << 20;

/** Uploads with `fetch`. */
export const bareFetch = (atOnce) => async (files, storage) =>
  await each(files, atOnce, async (file) => {
    const headers = { 'content-type': file.type };
    const { ok } = await fetch(putUrl(storage, file), { method: 'PUT', headers, body: file });
    if (!ok) throw new Error('fetch: rejected');
  });

/** Uploads with `XMLHttpRequest`, with progress. */
export const bareXhr = (atOnce) => async (files, storage) =>
  await each(files, atOnce, (file) => put(file, putUrl(storage, file)));

/** The minimum for an upload in parts: each part is read, is hashed for storage, and has its own URL. */
export const bareParts = (atOnce) => async (files, storage) => {
  for (const file of files) {
    const starts = Array.from({ length: Math.ceil(file.size / PART_BYTES) }, (_, at) => at * PART_BYTES);
    await each(starts, atOnce, async (start) => {
      const part = file.slice(start, start + PART_BYTES);
      await crypto.subtle.digest('SHA-256', await part.arrayBuffer());
      await put(part, `${putUrl(storage, file)}&partNumber=${start / PART_BYTES + 1}`);
    });
  }
};

function put(file, url) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('PUT', url);
    xhr.setRequestHeader('content-type', file.type);
    xhr.upload.onprogress = () => {};
    xhr.onload = () => (xhr.status === 200 ? resolve() : reject(new Error(`XHR: status ${xhr.status}`)));
    xhr.onerror = () => reject(new Error('XHR: network error'));
    xhr.send(file);
  });
}

/** Calls `work` for each file, with at most this many calls at the same time. */
export async function each(files, atOnce, work) {
  const queue = files.values();
  const lane = async () => {
    for (const file of queue) await work(file);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
