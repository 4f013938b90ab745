// Starts the core in a worker, in a worker from a copy of its script, or on the same thread.

import { importOrThrow } from '../api/setup-error.js';
import type { InitOptions } from '../api/types.js';
import * as bundledFiles from './bundled-files.js';
import { type Connection, connectHost } from './connection.js';
import type { FakeHost } from './fake-host.js';
import { withFormats } from './formats.js';
import { compile } from './wasm.js';

/**
 * Compiles the core and starts a host for it, or starts the fake. `onDied` is called if the host dies later, or is
 * closed.
 * @throws {SetupError}
 */
export async function connect(
  options: InitOptions = {},
  onDied: () => void,
  fake: FakeHost | undefined,
): Promise<Connection> {
  if (fake) return await connectHost(Promise.resolve(undefined), BUILD, (receive) => fake(receive, BUILD), onDied);
  return withFormats(await start(options, onDied), () => compile(options.formats, 'formats'));
}

/** Whether this is a page or a web worker. A worker would keep Bun from exiting, and other runtimes have none. */
const mayHaveWorkers = () => 'document' in globalThis || 'WorkerGlobalScope' in globalThis;

async function start({ wasm, worker }: InitOptions, onDied: () => void): Promise<Connection> {
  const module = compile(wasm, 'core');
  if (worker ?? mayHaveWorkers()) {
    for (const startIn of [inWorker, inCopiedWorker]) {
      try {
        return await startIn(module, onDied, worker || undefined);
      } catch {
        // Another origin, a CSP, a missing file or an old browser: the next kind of host can do the same.
        // Chromium, Firefox and WebKit report it immediately, by an error event or an exception.
        await module;
      }
    }
  }
  return await onThisThread(module, onDied);
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
async function inCopiedWorker(module: Promise<WebAssembly.Module>, onDied: () => void): Promise<Connection> {
  if (!bundledFiles.worker.copy) throw new Error('no copy of the worker');
  const script = new Blob([await bundledFiles.worker.copy()], { type: 'text/javascript' });
  const url = URL.createObjectURL(script);
  try {
    return await inWorker(module, onDied, url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function onThisThread(module: Promise<WebAssembly.Module>, onDied: () => void): Promise<Connection> {
  const { createHost } = await importOrThrow(bundledFiles.host());
  return await connectHost(module, BUILD, (receive) => createHost(receive), onDied);
}
