// The formats that the core does not know: a second module, loaded for the first file that is none of the core's.

import type { Connection } from './connection.js';
import { UploadError } from './error.js';

/** How long the module may take to come: a line that hangs must not hang the file. */
const LOAD_MILLIS = 30_000;

/** The same connection, which gives the core the module when it asks for it; `load` is called until it has come once. */
export function withFormats(connection: Connection, load: () => Promise<WebAssembly.Module>): Connection {
  let module: Promise<WebAssembly.Module> | undefined;
  const loaded = () => {
    module ??= inTime(load()).catch((error: unknown) => {
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
          const named = JSON.parse(call.call).provider;
          // One of the page's own is there as a whole.
          const provider = named?.id ?? named;
          const facts = { code: 'network', stage: 'inspect', provider, retryable: true, unclear: false } as const;
          const hint = new Error('mediaferry: there is no formats.wasm; init({ formats }) can say where', { cause });
          throw Object.assign(new UploadError(facts, line?.messages), { cause: hint });
        }
      };
      return connection.call(call, { ...line, onAsk });
    },
  };
}

/** The same, or an error once the time is up. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('mediaferry: formats.wasm did not come in time')), LOAD_MILLIS);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
