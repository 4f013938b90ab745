// Starts the core where it may run: in a worker, in a worker made from a copy of its script, or on the main thread.

import { type Connection, open } from './connection.js';
import { withFormats } from './formats.js';
import * as parts from './parts.js';
import { loaded } from './setup-error.js';
import type { InitOptions } from './types.js';
import { compile } from './wasm.js';

/**
 * Compiles the core and starts a host for it; `lost` is called if that host dies later.
 * @throws {SetupError}
 */
export async function connect(options: InitOptions = {}, lost: () => void): Promise<Connection> {
  return withFormats(await start(options, lost), () => compile(options.formats, 'formats'));
}

async function start({ wasm, worker }: InitOptions, lost: () => void): Promise<Connection> {
  const module = await compile(wasm, 'core');
  if (worker !== false) {
    for (const place of [inWorker, inCopiedWorker]) {
      try {
        return await place(module, lost, worker);
      } catch {
        // Another origin, a CSP, a file left behind, an old embedder: the next place can do all that this one can.
        // Chromium, Firefox and WebKit each say so at once, by an error event or an exception.
      }
    }
  }
  return await onMainThread(module, lost);
}

async function inWorker(
  module: WebAssembly.Module,
  lost: () => void,
  url: string | URL | undefined = parts.worker.url?.(),
): Promise<Connection> {
  if (url === undefined) throw new Error('there is no script for a worker');
  // A classic script: it is one file without imports, and more browsers take it.
  const worker = new Worker(url, { name: 'mediaferry' });
  try {
    return await open(
      module,
      BUILD,
      (receive, fail) => {
        let isReady = false;
        worker.addEventListener('message', ({ data }) => {
          isReady = true;
          receive(data);
        });
        worker.addEventListener('error', (event) => {
          // An error of a worker that runs is one call's at most, and the browser has reported it.
          if (isReady) return;
          // The next kind of host takes its place, so the page need not hear of it.
          event.preventDefault();
          fail(event.message || 'the worker did not start');
        });
        return (message) => worker.postMessage(message);
      },
      () => {
        worker.terminate();
        lost();
      },
    );
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

/** A worker of the page's own origin, wherever the package came from. */
async function inCopiedWorker(module: WebAssembly.Module, lost: () => void): Promise<Connection> {
  if (!parts.worker.copy) throw new Error('there is no copy of the worker');
  const script = new Blob([await parts.worker.copy()], { type: 'text/javascript' });
  const url = URL.createObjectURL(script);
  try {
    return await inWorker(module, lost, url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function onMainThread(module: WebAssembly.Module, lost: () => void): Promise<Connection> {
  const { createHost } = await loaded(import('./host.js'));
  return await open(module, BUILD, (receive) => createHost(receive), lost);
}
