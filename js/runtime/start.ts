// Starts a core in a worker, in a worker from a copy of its script, or on the same thread.

import { importOrThrow } from '../api/errors.js';
import type { InitOptions } from '../api/types.js';
import { type Connection, connectHost } from './connection.js';
import { withFormats } from './formats.js';
import type { HeadStart } from './head-start.js';
import type { FakeHost } from './installed-fake.js';
import { endWorker, mayHaveWorkers, type OpenedWorker, openWorker } from './open-worker.js';
import type { PackageFiles } from './package-files.js';
import type { CoreName } from './protocol.js';
import { urlOf } from './url-of.js';
import { compile } from './wasm.js';

/** Which core is started, and with what. */
interface Start {
  files: PackageFiles;
  name: CoreName;
  options: InitOptions | undefined;
  /** What has begun already. */
  begun: HeadStart | undefined;
  /** Called if the host dies later, or is closed. */
  onDied: () => void;
}

/** Whether there is this core: not all entries of the package have both. */
export function hasCore({ cores }: PackageFiles, name: CoreName, options: InitOptions | undefined): boolean {
  const { url, copy } = cores[name].wasm;
  return Boolean(optionsFor(name, options).wasm ?? url ?? copy);
}

/** The options for one of the cores. */
function optionsFor(name: CoreName, { wasm, worker, parts, partsWorker }: InitOptions = {}) {
  if (name === 'core') return { wasm, worker };
  return { wasm: parts, worker: worker === false ? worker : partsWorker };
}

/**
 * Compiles a core and starts a host for it, or starts the fake.
 * @throws {SetupError}
 */
export async function connect(how: Start & { fake: FakeHost | undefined }): Promise<Connection> {
  const { fake, files, options, onDied } = how;
  if (fake) return await connectHost(Promise.resolve(undefined), BUILD, (receive) => fake(receive, BUILD), onDied);
  return withFormats(await start(how), () => compile(files.formats, 'formats', options?.formats));
}

async function start({ files, name, options, begun, onDied }: Start): Promise<Connection> {
  const { wasm: file, script, host } = files.cores[name];
  const { wasm, worker } = optionsFor(name, options);
  const module = compile({ ...file, download: begun?.download }, name, wasm);
  // The page may have passed another script meanwhile.
  if (worker !== undefined) endWorker(begun?.worker);
  if (worker ?? mayHaveWorkers()) {
    const fromFile = () => (worker === undefined && begun?.worker) || openWorker(worker || urlOf(script));
    const fromCopy = async () => await openWorker(await script.copy?.());
    for (const open of [fromFile, fromCopy]) {
      try {
        return await inWorker(module, onDied, await open());
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
  { worker, failed }: OpenedWorker,
): Promise<Connection> {
  try {
    return await connectHost(
      module,
      BUILD,
      (receive, fail) => {
        worker.addEventListener('message', ({ data }) => receive(data));
        void failed.then(fail);
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
