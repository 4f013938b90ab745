// Loads client.js with the first call.

import { importOrThrow, UploadError } from '../api/errors.js';
import type { InitOptions } from '../api/types.js';
import { client, files } from './bundled-files.js';
import type { Client } from './client.js';
import { type HeadStart, headStart } from './head-start.js';
import { fakeHost } from './installed-fake.js';
import { endWorker } from './open-worker.js';
import type { CoreName } from './protocol.js';

let loading: Promise<Client> | undefined;

/**
 * Returns what calls the core. If it could not be loaded, the next call loads it again.
 * @param name the core that will be needed first
 * @param options those of `init()`
 * @throws {SetupError}
 */
export async function loadClient(name: CoreName = 'core', options?: InitOptions): Promise<Client> {
  const fake = fakeHost();
  loading ??= load(options ? { name } : headStart(files, name));
  const loaded = await loading;
  // A test that has ended meanwhile must not reach the network.
  if (fakeHost() !== fake) throw new UploadError({ code: 'interrupted', retryable: true, outcomeUnknown: false });
  return loaded;
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
  const loaded = await loading?.catch(() => {});
  await loaded?.close();
}

async function load(begun: HeadStart): Promise<Client> {
  try {
    const { Client } = await importOrThrow(client());
    return new Client(files, begun);
  } catch (error) {
    loading = undefined;
    endWorker(begun.worker);
    throw error;
  }
}
