// The core as the page's functions call it: loaded when it is first needed, in the words of JavaScript.

import type { Connection, Line } from './connection.js';
import { connect } from './start.js';
import type { CallOptions, InitOptions } from './types.js';

let connection: Promise<Connection> | undefined;

/** The one connection; a failed one is forgotten, so that the next call tries again. */
export function connected(options?: InitOptions): Promise<Connection> {
  const forget = () => {
    connection = undefined;
  };
  connection ??= connect(options, forget).catch((error: unknown) => {
    forget();
    throw error;
  });
  return connection;
}

/** Has the core perform what `call` describes. */
export async function perform<T>(call: string, source?: Blob, line?: Line): Promise<T> {
  return await (await connected()).call<T>({ method: 'perform', source, call }, line);
}

/** A call as the core reads it, without what only the page can use. */
export function describe(
  method: string,
  { provider, gateway, signal, messages, ...options }: CallOptions,
  more: object,
): string {
  const absolute = new URL(gateway ?? '/', globalThis.location?.href).href;
  return JSON.stringify({ method, provider, gateway: absolute, options, ...more });
}

/** The core's time of an asset's end, as a `Date`. */
export function dated<T extends { expiresAt?: Date }>({ expiresAtMillis, ...asset }: Dated<T>): T {
  return (expiresAtMillis === undefined ? asset : { ...asset, expiresAt: new Date(expiresAtMillis) }) as unknown as T;
}

export type Dated<T extends { expiresAt?: Date }> = Omit<T, 'expiresAt'> & { expiresAtMillis?: number };
