// Loads client.js with the first call. What takes longest begins at the same time: the download of the core, and its worker.

import { importOrThrow, UploadError } from '../api/errors.js';
import type { InitOptions } from '../api/types.js';
import { files } from './bundled-files.js';
import type { Client } from './client.js';
import { fakeHost } from './installed-fake.js';
import { endWorker, mayHaveWorkers, type OpenedWorker, openWorker } from './open-worker.js';
import type { CoreName } from './protocol.js';
import { urlOf } from './url-of.js';

/** What has begun before client.js was there. */
export interface HeadStart {
  name: CoreName;
  download?: Promise<Response>;
  worker?: Promise<OpenedWorker>;
}

let loading: Promise<Client> | undefined;

/**
 * Returns what calls the core. If it could not be loaded, the next call loads it again.
 * @param name the core that will be needed first
 * @param options those of `init()`
 * @throws {SetupError}
 */
export async function loadClient(name: CoreName = 'core', options?: InitOptions): Promise<Client> {
  const fake = fakeHost();
  loading ??= load(options ? { name } : headStart(name));
  const client = await loading;
  // A test that has ended meanwhile must not reach the network.
  if (fakeHost() !== fake) throw new UploadError({ code: 'interrupted', retryable: true, outcomeUnknown: false });
  return client;
}

/**
 * Stops the workers and frees the memory of the core. Calls and uploads that are running fail with the code `interrupted`, and
 * their requests are aborted. A later call, also of `retry()`, starts the core again, with the same options as before.
 *
 * No program has to call it in order to exit. A queue starts its next upload after one has failed: call `cancelAll()` first.
 * @example
 * ```ts
 * uploader.cancelAll();
 * await close();
 * ```
 */
export async function close(): Promise<void> {
  const client = await loading?.catch(() => {});
  await client?.close();
}

async function load(begun: HeadStart): Promise<Client> {
  try {
    const { Client } = await importOrThrow(files.client());
    return new Client(files, begun);
  } catch (error) {
    loading = undefined;
    endWorker(begun.worker);
    throw error;
  }
}

function headStart(name: CoreName): HeadStart {
  const begun: HeadStart = { name };
  if (fakeHost() || !mayHaveWorkers()) return begun;
  const { wasm, script } = files.cores[name];
  const [module, worker] = [urlOf(wasm), urlOf(script)];
  if (module) begun.download = (async () => await fetch(module))();
  if (worker) begun.worker = openWorker(worker);
  // Both are awaited later.
  for (const promise of [begun.download, begun.worker]) promise?.catch(() => {});
  return begun;
}
