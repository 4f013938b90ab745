// The formats that the core does not know: a second module, loaded for the first file that is none of the core's.

import type { Connection } from './connection.js';
import { UploadError } from './error.js';

/** How long the module may take to come: a line that hangs must not hang the file. */
const LOAD_MILLIS = 30_000;

/** The same connection, which gives the core the module when it asks for it; `load` is called until it has come once. */
export function withFormats(connection: Connection, load: () => Promise<WebAssembly.Module>): Connection {
  let module: Promise<WebAssembly.Module> | undefined;
  const loaded = () => {
    module ??= inTime(load()).catch((cause: unknown) => {
      // Not kept: the next file may find the line mended.
      module = undefined;
      throw new UploadError({ code: 'network', stage: 'inspect', retryable: true, unclear: false }, { cause });
    });
    return module;
  };
  return {
    call: (call, line) => {
      // What says that it is a video or a sound will need it, so it comes while the core still looks. Only the core's
      // own question tells of a failure.
      if (call.method === 'perform' && /^(audio|video)\//.test(call.source?.type ?? '')) loaded().catch(() => {});
      const onAsk = (what: string, about: unknown) => (what === 'formats' ? loaded() : line?.onAsk?.(what, about));
      return connection.call(call, { ...line, onAsk });
    },
  };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('formats.wasm did not come in time')), LOAD_MILLIS);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
