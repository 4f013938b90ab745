// An upload by the package, in a page.

import { presignedParts, Uploader } from '/mediaferry/index.js';
import { watchTasks } from '../../../benches/page/tasks.js';

let queue;
let running;

/** Opens a queue that remembers its uploads. With `isOwn`, they end with the transfer: no provider fetches the file. */
export function open({ isOwn, ...options } = {}) {
  queue = new Uploader({ provider: isOwn ? own : 'apiframe', multipartThreshold: 1, resume: true, ...options });
  queue.on('upload-error', () => {});
}

/** The page's own backend is the gateway here. */
const own = presignedParts({
  id: 'own',
  async create({ bytes, mime }) {
    const upload = await post('', { content_type: mime, size_bytes: bytes });
    return { uploadId: upload.token, partSize: upload.part_size, expiresAt: upload.expires_at };
  },
  async sign({ uploadId, parts }) {
    const wanted = parts.map(({ number, sha256 }) => ({ number, sha256 }));
    const signed = await post('/sign', { token: uploadId, parts: wanted });
    const headersOf = (pairs) => Object.fromEntries(pairs.map(({ name, value }) => [name, value]));
    return signed.parts.map(({ number, put_url, headers }) => ({ number, url: put_url, headers: headersOf(headers) }));
  },
  async complete({ uploadId, parts }) {
    const { get_url } = await post('/complete', { token: uploadId, sha256: parts.map(({ sha256 }) => sha256) });
    return { url: get_url };
  },
});

async function post(path, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`/staging/uploads${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return await response.json();
}

/** Begins to upload the file of an input; one that was interrupted continues by itself. */
export const pick = (input) => follow(queue.add(input.files[0]));

/** Continues the interrupted upload, with the file of an input or with the one that the browser has kept. */
export async function resume(input) {
  const [{ id }] = await queue.resumable();
  follow((await queue.resume(id, input?.files[0])).task);
}

/** How the upload has ended: `{ sha256 }` or `{ error }`, with what was reported; `undefined` until then. */
export const result = () => Promise.race([running, undefined]);

export const cancel = () => queue.cancelAll();

/** Continues the interrupted upload once the user clicks, with the file that the browser has kept. */
export function resumeOnClick() {
  document.addEventListener('click', () => resume(), { once: true });
}

/** Keeps the file of the interrupted upload readable for the origin, as the answer "on every visit" does. */
export async function keepPermission() {
  const [{ handle }] = await stored();
  globalThis.kept = handle;
  return await handle.queryPermission({ mode: 'read' });
}

/** Tries to continue an upload that another tab continues: how many are listed, and the error. */
export async function resumeBesides(input) {
  const other = new Uploader({ ...queue.options });
  const [{ id }] = await stored();
  const { length } = await other.resumable();
  return [length, await other.resume(id, input.files[0]).catch(({ code }) => code)];
}

/** The number of stored parts that the browser remembers. */
export async function remembered() {
  const [upload] = await stored();
  return upload ? upload.storedBytes / JSON.parse(upload.continuation).partSize : 0;
}

/** The interrupted uploads in the database; a queue omits those that run. */
async function stored() {
  // Opening it would create it.
  if (!(await indexedDB.databases()).some(({ name }) => name === 'mediaferry')) return [];
  const opening = indexedDB.open('mediaferry');
  await new Promise((resolve) => opening.addEventListener('success', resolve));
  const reading = opening.result.transaction('uploads').objectStore('uploads').getAll();
  await new Promise((resolve) => reading.addEventListener('success', resolve));
  opening.result.close();
  return reading.result;
}

/** A queue to drop a file on. Only that gives a file that the browser can keep. */
export function openDropZone() {
  document.documentElement.style.height = '100%';
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', async (event) => {
    event.preventDefault();
    follow((await queue.addAll(event.dataTransfer))[0]);
  });
}

function follow(task) {
  const [tasks, start, seen] = [watchTasks(), performance.now(), { restarts: 0, retries: 0 }];
  let last = 0;
  const onEvent = (of, { fraction }) => {
    if (of !== task) return;
    seen.first ??= task.stage === 'transfer' ? fraction : undefined;
    seen.isMonotonic = (seen.isMonotonic ?? true) && fraction >= last;
    last = fraction;
  };
  queue.on('upload-progress', onEvent);
  (async () => {
    for await (const { type } of task) {
      if (type === 'restarted') seen.restarts += 1;
      if (type === 'retry') seen.retries += 1;
    }
  })().catch(() => {});
  running = (async () => {
    const ended = await task.then(
      ({ sha256 }) => ({ sha256 }),
      ({ code, name }) => ({ error: typeof code === 'string' ? code : name }),
    );
    return { ...ended, ...seen, millis: performance.now() - start, longestTask: await tasks.stop() };
  })();
}
