// A mock network for Node: the core on the main thread, and a `fetch` whose responses a test defines.

import { readFileSync } from 'node:fs';
import { init } from 'mediaferry';

/** Loads the core once; every test file has a process of its own. */
export const loadCore = () =>
  init({ wasm: readFileSync(new URL('../../dist/core.wasm', import.meta.url)), worker: false });

/** An upload of a URL sends two requests, a create and a status, and needs no XMLHttpRequest, which Node.js lacks. */
export const options = { provider: 'apiframe', gateway: 'http://gateway.test/' };

/** Replaces `fetch`. `respond(request, number)` returns a body, a `Response`, or a promise of one. Returns the requests. */
export function mockFetch(respond) {
  const requests = [];
  globalThis.fetch = async (request) => {
    requests.push(`${request.method} ${new URL(request.url).pathname}`);
    const aborted = new Promise((_, reject) => {
      request.signal.addEventListener('abort', () => reject(request.signal.reason));
    });
    const response = await Promise.race([respond(request, requests.length - 1), aborted]);
    return response instanceof Response ? response : Response.json(response);
  };
  return requests;
}

/** Apiframe's responses: an id, then an asset that is ready. */
export const ready = (request) =>
  request.method === 'POST' ? { assetId: 'a1' } : { status: 'Active', url: 'https://cdn.test/a', errorMsg: null };

/** A PNG of one pixel. */
export const pixel = new File(
  [
    Uint8Array.from(
      atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
      (letter) => letter.charCodeAt(0),
    ),
  ],
  'a.png',
);

/** In place of `XMLHttpRequest`: storage that takes whatever it is sent. */
export class TakingXhr {
  upload = {};
  status = 200;
  response = new ArrayBuffer(0);
  open() {}
  setRequestHeader() {}
  abort() {}
  getAllResponseHeaders() {
    return '';
  }
  send() {
    setTimeout(() => this.onload?.({}));
  }
}

/** A promise that resolves when `open()` is called. */
export function gate() {
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** Shortens the waits between requests. Timeouts of 30 s and more never fire, however slow the machine is. */
export function shortenTimers() {
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (callback, millis = 0) => millis < 30_000 && setTimeout(callback, millis / 500);
}

/** Waits until all pending microtasks and immediates have run. */
export async function settle() {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}
