// The formats that the core does not know: a second module, loaded for the first file that is none of the core's.

import type { Connection } from './connection.js';
import { UploadError } from './error.js';
import { SetupError } from './setup-error.js';

/** The same connection, which gives the core the module when it asks for it; `load` is called until it has come once. */
export function withFormats(connection: Connection, load: () => Promise<WebAssembly.Module>): Connection {
  let module: Promise<WebAssembly.Module> | undefined;
  const loaded = () => {
    module ??= load().catch((error: unknown) => {
      // Not kept: the next file may find the line mended.
      module = undefined;
      throw error;
    });
    return module;
  };
  return {
    call: (call, line) => {
      // What says that it is a video or a sound will need it, so it comes while the core still looks. Only the core's
      // own question tells of a failure.
      if (call.method === 'perform' && /^(audio|video)\//.test(call.source?.type ?? '')) loaded().catch(() => {});
      const onAsk = async (what: string, about: unknown) => {
        if (what !== 'formats') return await line?.onAsk?.(what, about);
        try {
          return await loaded();
        } catch (cause) {
          if (!isOfTheLine(cause)) throw cause;
          const named = JSON.parse(call.call).provider;
          // One of the page's own is there as a whole.
          const provider = named?.id ?? named;
          const facts = { code: 'network', stage: 'inspect', provider, retryable: true, unclear: false } as const;
          throw Object.assign(new UploadError(facts, line?.messages), { cause });
        }
      };
      return connection.call(call, { ...line, onAsk });
    },
  };
}

/** Whether the module could be had if the connection were better: what `fetch` throws is a `TypeError`. */
function isOfTheLine(error: unknown): boolean {
  return error instanceof SetupError && /^(Type|Timeout)Error$/.test(Object(error.cause).name);
}
