// Starts the core in a worker, in a worker from an inlined copy of its script, or on the main thread.

import { importOrThrow } from '../api/setup-error.js';
import type { InitOptions } from '../api/types.js';
import * as bundledFiles from './bundled-files.js';
import { type Connection, connectHost } from './connection.js';
import { withFormats } from './formats.js';
import { compile } from './wasm.js';

/**
 * Compiles the core and starts a host for it. `onDied` is called if the host dies later.
 * @throws {SetupError}
 */
export async function connect(options: InitOptions = {}, onDied: () => void): Promise<Connection> {
  return withFormats(await start(options, onDied), () => compile(options.formats, 'formats'));
}

async function start({ wasm, worker }: InitOptions, onDied: () => void): Promise<Connection> {
  const module = compile(wasm, 'core');
  if (worker !== false) {
    for (const startIn of [inWorker, inInlinedWorker]) {
      try {
        return await startIn(module, onDied, worker);
      } catch {
        // Another origin, a CSP, a missing file or an old browser: the next kind of host can do the same.
        // Chromium, Firefox and WebKit report it immediately, by an error event or an exception.
        await module;
      }
    }
  }
  return await onMainThread(module, onDied);
}

async function inWorker(
  module: Promise<WebAssembly.Module>,
  onDied: () => void,
  url: string | URL | undefined = bundledFiles.worker.url?.(),
): Promise<Connection> {
  if (url === undefined) throw new Error('no worker script');
  // A classic worker: the script has no imports, and more browsers support it.
  const worker = new Worker(url, { name: 'mediaferry' });
  try {
    return await connectHost(
      module,
      BUILD,
      (receive, fail) => {
        let isReady = false;
        worker.addEventListener('message', ({ data }) => {
          isReady = true;
          receive(data);
        });
        worker.addEventListener('error', (event) => {
          // The browser reports errors of a running worker, which affect one call at most.
          if (isReady) return;
          // Not reported, because the next kind of host replaces this one.
          event.preventDefault();
          fail(event.message || 'the worker did not start');
        });
        return (message) => worker.postMessage(message);
      },
      () => {
        worker.terminate();
        onDied();
      },
    );
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

/** Starts a worker of the page's own origin, also if the package was loaded from another one. */
async function inInlinedWorker(module: Promise<WebAssembly.Module>, onDied: () => void): Promise<Connection> {
  if (!bundledFiles.worker.inlined) throw new Error('no inlined worker');
  const script = new Blob([await bundledFiles.worker.inlined()], { type: 'text/javascript' });
  const url = URL.createObjectURL(script);
  try {
    return await inWorker(module, onDied, url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function onMainThread(module: Promise<WebAssembly.Module>, onDied: () => void): Promise<Connection> {
  const { createHost } = await importOrThrow(import('./host.js'));
  return await connectHost(module, BUILD, (receive) => createHost(receive), onDied);
}
