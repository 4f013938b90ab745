// Loads formats.wasm for the first file whose format the core does not support by itself.

import { SetupError, UploadError } from '../api/errors.js';
import type { Connection } from './connection.js';

/** Wraps a connection so that the core receives the module when it requests it. `load` is called until it succeeds once. */
export function withFormats(connection: Connection, load: () => Promise<WebAssembly.Module>): Connection {
  let module: Promise<WebAssembly.Module> | undefined;
  const loaded = () => {
    module ??= load().catch((error: unknown) => {
      // The next file tries again.
      module = undefined;
      throw error;
    });
    return module;
  };
  return {
    close: () => connection.close(),
    call: (call, handlers) => {
      // A file that is declared as video or audio needs the module, so it is loaded while the core still reads the file.
      // A failure is reported when the core requests it.
      if (/^(audio|video)\//.test(call.source?.type ?? '')) loaded().catch(() => {});
      const onQuery = async (what: string, about: unknown) => {
        if (what !== 'formats') return await handlers?.onQuery?.(what, about);
        try {
          return await loaded();
        } catch (cause) {
          if (!isNetworkFailure(cause)) throw cause;
          const facts = {
            code: 'network',
            stage: 'inspect',
            provider: call.provider,
            retryable: true,
            outcomeUnknown: false,
          } as const;
          throw Object.assign(new UploadError(facts, handlers?.messages), { cause });
        }
      };
      return connection.call(call, { ...handlers, onQuery });
    },
  };
}

/** Whether loading failed because of the connection. The error of `fetch` is a `TypeError`. */
function isNetworkFailure(error: unknown): boolean {
  return error instanceof SetupError && /^(Type|Timeout)Error$/.test(Object(error.cause).name);
}
