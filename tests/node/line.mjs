// A played line for Node: the core on the main thread, and a `fetch` whose answers a test gives when it wants to.

import { readFileSync } from 'node:fs';
import { init } from 'mediaferry';

/** Loads the core once; every test file has a process of its own. */
export const loadCore = () =>
  init({ wasm: readFileSync(new URL('../../dist/core.wasm', import.meta.url)), worker: false });

/** An upload of an address takes two requests, a create and a status, and no XMLHttpRequest, which Node has not. */
export const options = { provider: 'apiframe', gateway: 'http://gateway.test/' };

/** Puts a played `fetch` in place; `answer(request, number)` gives a body, a `Response`, or a promise of one. */
export function playFetch(answer) {
  const requests = [];
  globalThis.fetch = async (request) => {
    requests.push(`${request.method} ${new URL(request.url).pathname}`);
    const aborted = new Promise((_, reject) => {
      request.signal.addEventListener('abort', () => reject(request.signal.reason));
    });
    const given = await Promise.race([answer(request, requests.length - 1), aborted]);
    return given instanceof Response ? given : Response.json(given);
  };
  return requests;
}

/** Apiframe's answers: an id, then an asset that is ready. */
export const ready = (request) =>
  request.method === 'POST' ? { assetId: 'a1' } : { status: 'Active', url: 'https://cdn.test/a', errorMsg: null };

/** A gate that holds whatever waits at it until it is opened. */
export function gate() {
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** Makes the waits between requests short; a request's own 30 s never end, however slow the machine. */
export function hurry() {
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (callback, millis = 0) => millis < 30_000 && setTimeout(callback, millis / 500);
}

/** Lets everything that is ready run. */
export async function settle() {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}
