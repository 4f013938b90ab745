// The core as the page's functions call it: loaded when it is first needed, in the words of JavaScript.

import { type CustomProvider, definition } from './backend.js';
import type { Connection, Line } from './connection.js';
import { freshToken, pass } from './pass.js';
import { loaded } from './setup-error.js';
import { connect } from './start.js';
import type { CallOptions, InitOptions, UploadOptions } from './types.js';

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
  { provider, gateway, signal, messages, headers, token, ...options }: CallOptions | UploadOptions,
  more: object,
): string {
  const isOwn = typeof provider === 'object';
  // A page without an address of its own may well have a backend.
  const absolute = isOwn ? undefined : new URL(gateway ?? '/', globalThis.location?.href).href;
  const way = { provider: definition(provider), gateway: absolute, ...pass({ headers, token }) };
  return JSON.stringify({ method, ...way, options, ...more });
}

/** Answers what the core asks during one call: for a token, or what a provider of the page's own says. */
export function answering(
  options: CallOptions | UploadOptions,
  signal = new AbortController().signal,
): NonNullable<Line['onAsk']> {
  const { provider } = options;
  let backend: Promise<(what: string, about: string) => Promise<string>> | undefined;
  return async (what, about) => {
    if (what === 'token') return await freshToken(options, about, signal);
    backend ??= loaded(import('./asking.js')).then(({ asking }) => asking(provider as CustomProvider, signal));
    return await (await backend)(what, String(about));
  };
}

/** The core's time of an asset's end, as a `Date`. */
export function dated<T extends { expiresAt?: Date }>({ expiresAtMillis, ...asset }: Dated<T>): T {
  return (expiresAtMillis === undefined ? asset : { ...asset, expiresAt: new Date(expiresAtMillis) }) as unknown as T;
}

export type Dated<T extends { expiresAt?: Date }> = Omit<T, 'expiresAt'> & { expiresAtMillis?: number };
