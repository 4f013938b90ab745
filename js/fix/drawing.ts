// Runs drawings in a worker, one at a time, so that the pixels of one image at most are in memory.

import { withSignal } from '../api/with-signal.js';
import type { BundledFile } from '../runtime/bundled-files.js';
import { type Drawn, draw } from './draw.js';
import type { DrawRequest } from './draw-worker.js';

/** How long a worker may take to start. */
const START_MILLIS = 5_000;

let last: Promise<unknown> = Promise.resolve();

/** Calls `work` when all work before it is over. If the signal aborts before, it is not called. */
export async function inTurn<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const before = last;
  let end = () => {};
  const own = new Promise<void>((resolve) => {
    end = resolve;
  });
  // If this one is aborted while it waits, the next one still waits for those before.
  last = before.then(() => own);
  try {
    await withSignal(signal, before);
    signal?.throwIfAborted();
    return await work();
  } finally {
    end();
  }
}

/** Draws in a worker of its own. If none starts, draws on the main thread. */
export async function drawAside(
  request: DrawRequest,
  script: BundledFile<string>,
  signal: AbortSignal,
): Promise<Drawn> {
  for (const url of [async () => script.url?.(), async () => await script.copy?.()]) {
    const worker = await startFrom(url).catch(() => undefined);
    if (worker) return await drawIn(worker, request, signal);
    signal.throwIfAborted();
  }
  return await draw(request.source, request.drawing);
}

async function drawIn(worker: Worker, request: DrawRequest, signal: AbortSignal): Promise<Drawn> {
  try {
    // It may have aborted while the worker started.
    signal.throwIfAborted();
    return await new Promise<Drawn>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      worker.addEventListener('message', ({ data }) => ('drawn' in data ? resolve(data.drawn) : reject(data.error)));
      // Memory ran out, for example.
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        reject(new DOMException(event.message || 'the worker stopped', 'OperationError'));
      });
      const { source } = request;
      worker.postMessage(request, source instanceof ImageBitmap ? [source] : []);
    });
  } finally {
    worker.terminate();
  }
}

/** Starts a worker and waits until it is ready. */
async function startFrom(find: () => Promise<string | URL | undefined>): Promise<Worker> {
  const url = await find();
  if (url === undefined) throw new Error('no worker script');
  const worker = new Worker(url, { name: 'mediaferry-draw' });
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(reject, START_MILLIS);
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        reject();
      });
      worker.addEventListener('message', () => resolve(), { once: true });
      worker.addEventListener('message', () => clearTimeout(timer), { once: true });
    });
    return worker;
  } catch (error) {
    worker.terminate();
    throw error;
  }
}
