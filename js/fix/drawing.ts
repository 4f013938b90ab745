// Runs drawings in a worker, one at a time, so that the pixels of at most one image are in memory.

import { importOrThrow } from '../api/errors.js';
import { withSignal } from '../api/waiting.js';
import type { BundledFile } from '../runtime/package-files.js';
import type { Drawn } from './draw.js';
import type { DrawRequest } from './draw-worker.js';

/** The maximum time for a worker to start. */
const START_MILLIS = 5_000;

let last: Promise<unknown> = Promise.resolve();

/** Calls `work` after all earlier work has ended. If the signal aborts before that, `work` is not called. */
export async function inTurn<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const before = last;
  let end = () => {};
  const own = new Promise<void>((resolve) => {
    end = resolve;
  });
  // If this work is aborted while it waits, the next one still waits for all earlier work.
  last = before.then(() => own);
  try {
    await withSignal(signal, before);
    signal?.throwIfAborted();
    return await work();
  } finally {
    end();
  }
}

/** The script of the worker that draws images. */
export interface Drawer {
  worker: BundledFile<string>;
}

/** Draws in its own worker, or on the main thread if no worker starts. */
export async function drawAside(request: DrawRequest, { worker: script }: Drawer, signal: AbortSignal): Promise<Drawn> {
  for (const url of [async () => script.url?.(), async () => await script.copy?.()]) {
    const worker = await startFrom(url).catch(() => undefined);
    if (worker) return await drawIn(worker, request, signal);
    signal.throwIfAborted();
  }
  const { draw } = await importOrThrow(import('./draw-here.js'));
  return await draw(request.source, request.drawing);
}

async function drawIn(worker: Worker, request: DrawRequest, signal: AbortSignal): Promise<Drawn> {
  try {
    // The signal may have aborted while the worker started.
    signal.throwIfAborted();
    return await new Promise<Drawn>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      worker.addEventListener('message', ({ data }) => ('drawn' in data ? resolve(data.drawn) : reject(data.error)));
      // For example, the worker ran out of memory.
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
