// Starts the slowest parts of the first call while client.js is loaded: downloads and compiles the core, and opens its worker.

import { downloadModule } from './download-module.js';
import { fakeHost } from './installed-fake.js';
import { mayHaveWorkers, type OpenedWorker, openWorker } from './open-worker.js';
import type { PackageFiles } from './package-files.js';
import type { CoreName } from './protocol.js';
import { urlOf } from './url-of.js';

/** What has begun. */
export interface HeadStart {
  name: CoreName;
  /** A module, if it was compiled while it arrived. */
  download?: Promise<WebAssembly.Module | Response>;
  worker?: Promise<OpenedWorker>;
}

/** Begins to load a core, and opens its worker. A failure is reported by what uses them. */
export function headStart({ cores }: PackageFiles, name: CoreName): HeadStart {
  const begun: HeadStart = { name };
  if (fakeHost() || !mayHaveWorkers()) return begun;
  const { wasm, script } = cores[name];
  const [module, worker] = [urlOf(wasm), urlOf(script)];
  if (module) begun.download = downloadModule(module);
  if (worker) begun.worker = openWorker(worker);
  // They are awaited later.
  for (const promise of [begun.download, begun.worker]) promise?.catch(() => {});
  return begun;
}
