// The types of bundled-files.ts, which lists the files of the package.

import type { CoreName } from './protocol.js';
import type { Host } from './run-core.js';

/** One file of the package, as a URL, as a copy, both or neither. */
export interface BundledFile<T> {
  /** Its URL. */
  url?: () => URL | undefined;
  /** Its content; of a script, another URL. */
  copy?: () => Promise<T>;
}

/** The files of a core. */
export interface CoreFiles {
  wasm: BundledFile<BufferSource>;
  /** Runs it in a worker. */
  script: BundledFile<string>;
  /** Runs it without a worker. */
  host: () => Promise<Host>;
}

/** The files of an entry of the package. */
export interface PackageFiles {
  cores: Record<CoreName, CoreFiles>;
  formats: BundledFile<BufferSource>;
  fix: BundledFile<BufferSource>;
  drawWorker: BundledFile<string>;
}
