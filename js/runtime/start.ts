// Starts the core in a worker, in a worker from a copy of its script, or on the same thread.

import { importOrThrow } from '../api/setup-error.js';
import type { InitOptions } from '../api/types.js';
import * as bundledFiles from './bundled-files.js';
import { type Connection, connectHost } from './connection.js';
import { withFormats } from './formats.js';
import type { FakeHost } from './installed-fake.js';
import type { CoreName } from './protocol.js';
import { compile } from './wasm.js';

/** The files of each core; `script` runs it in a worker, and `host` without one. */
const FILES = {
  core: { wasm: bundledFiles.core, script: bundledFiles.worker, host: bundledFiles.host },
  parts: { wasm: bundledFiles.parts, script: bundledFiles.partsWorker, host: bundledFiles.partsHost },
};

/** Whether there is this core: not all entries of the package have both. */
export function hasCore(name: CoreName, options: InitOptions | undefined): boolean {
  const { url, copy } = FILES[name].wasm;
  return Boolean(optionsFor(name, options).wasm ?? url ?? copy);
}

/** The options for one of the cores. */
function optionsFor(name: CoreName, { wasm, worker, parts, partsWorker }: InitOptions = {}) {
  if (name === 'core') return { wasm, worker };
  return { wasm: parts, worker: worker === false ? worker : partsWorker };
}

/**
 * Compiles a core and starts a host for it, or starts the fake. `onDied` is called if the host dies later, or is
 * closed.
 * @throws {SetupError}
 */
export async function connect(
  name: CoreName,
  options: InitOptions = {},
  onDied: () => void,
  fake: FakeHost | undefined,
): Promise<Connection> {
  if (fake) return await connectHost(Promise.resolve(undefined), BUILD, (receive) => fake(receive, BUILD), onDied);
  return withFormats(await start(name, options, onDied), () => compile(options.formats, 'formats'));
}

/** Whether this is a page or a web worker. A worker would keep Bun from exiting, and other runtimes have none. */
const mayHaveWorkers = () => 'document' in globalThis || 'WorkerGlobalScope' in globalThis;

async function start(name: CoreName, options: InitOptions, onDied: () => void): Promise<Connection> {
  const { wasm, worker } = optionsFor(name, options);
  const module = compile(wasm, name);
  const { script, host } = FILES[name];
  if (worker ?? mayHaveWorkers()) {
    const { url, copy } = script;
    for (const script of [() => worker || url?.(), copy]) {
      try {
        return await inWorker(module, onDied, await script?.());
      } catch {
        // Another origin, a CSP, a missing file or an old browser: the next kind of host can do the same.
        // Chromium, Firefox and WebKit report it immediately, by an error event or an exception.
        await module;
      }
    }
  }
  const [{ createHost, freeCore }] = await Promise.all([importOrThrow(host()), module]);
  return await connectHost(module, BUILD, (receive) => createHost(receive, freeCore), onDied);
}

async function inWorker(
  module: Promise<WebAssembly.Module>,
  onDied: () => void,
  url: string | URL | undefined,
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
