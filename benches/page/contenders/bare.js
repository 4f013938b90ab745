// What a page does without a library: a PUT for each file, some at a time.

import { putUrl } from './urls.js';

/** By `fetch`. */
export const bareFetch = (atOnce) => async (files, storage) =>
  await each(files, atOnce, async (file) => {
    const headers = { 'content-type': file.type };
    const { ok } = await fetch(putUrl(storage, file), { method: 'PUT', headers, body: file });
    if (!ok) throw new Error('fetch: refused');
  });

/** By `XMLHttpRequest`, with progress. */
export const bareXhr = (atOnce) => async (files, storage) => await each(files, atOnce, (file) => put(file, storage));

function put(file, storage) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('PUT', putUrl(storage, file));
    xhr.setRequestHeader('content-type', file.type);
    xhr.upload.onprogress = () => {};
    xhr.onload = () => (xhr.status === 200 ? resolve() : reject(new Error(`XHR: status ${xhr.status}`)));
    xhr.onerror = () => reject(new Error('XHR: network error'));
    xhr.send(file);
  });
}

/** Calls `work` for each file, with so many calls at the same time. */
export async function each(files, atOnce, work) {
  const queue = files.values();
  const lane = async () => {
    for (const file of queue) await work(file);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
