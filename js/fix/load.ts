// Loads the fixer, and passes it what it needs from the core.

import { UploadError } from '../api/error.js';
import { importOrThrow } from '../api/setup-error.js';
import type { Media } from '../api/types.js';
import { serializeProvider } from '../custom-provider/define.js';
import * as bundledFiles from '../runtime/bundled-files.js';
import { callLocal, getConnection, initOptions } from '../runtime/client.js';
import { compile } from '../runtime/wasm.js';
import type { Fixer, FixerTools } from './fixer.js';

let fixer: Fixer | undefined;

/** Returns the fixer. Starts the core first, because its options contain the URLs of the package. */
export async function loadFixer(): Promise<Fixer> {
  const [{ createFixer }] = await Promise.all([importOrThrow(import('./fixer.js')), getConnection()]);
  fixer ??= createFixer(tools());
  return fixer;
}

function tools(): FixerTools {
  const { drawWorker: url } = initOptions();
  return {
    probe: (source, { signal, messages }) => callLocal<Media>('probe', source, { signal, messages }),
    compile: () => compile(initOptions().fix, 'fix'),
    worker: url === undefined ? bundledFiles.drawWorker : url === false ? {} : { url: () => url as URL },
    importOrThrow,
    serializeProvider,
    rejection: (violations, { provider, messages }, cause) => {
      const id = typeof provider === 'object' ? provider.id : provider;
      const facts = { code: 'rejected', stage: 'fix', provider: id, violations, retryable: false } as const;
      return Object.assign(new UploadError({ ...facts, outcomeUnknown: false }, messages), cause ? { cause } : {});
    },
  };
}
