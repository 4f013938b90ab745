// The core as the page's functions call it: loaded when it is first needed, in the words of JavaScript.

import { type CustomProvider, definition } from './backend.js';
import { type Connection, CoreLost, type Line } from './connection.js';
import { UploadError } from './error.js';
import { freshToken, pass } from './pass.js';
import type { Call } from './protocol.js';
import { loaded } from './setup-error.js';
import { connect } from './start.js';
import type { CallOptions, InitOptions, UploadOptions } from './types.js';

let connection: Promise<Connection> | undefined;

/** How the core was started last. Another one, in place of one that died, starts in the same way. */
let startedWith: InitOptions | undefined;

/** The one connection; a failed one is forgotten, so that the next call tries again. */
export function connected(options = startedWith): Promise<Connection> {
  if (connection) return connection;
  const forget = () => {
    if (connection === started) connection = undefined;
  };
  const started = connect(options, forget).then(
    (core) => {
      startedWith = options;
      return core;
    },
    (error: unknown) => {
      forget();
      throw error;
    },
  );
  connection = started;
  return started;
}

/** Has the core perform what `call` describes. */
export function perform<T>(call: string, source?: Blob, line?: Line): Promise<T> {
  return request<T>({ method: 'perform', source, call }, line);
}

/**
 * Calls the core. If it dies before anything of the call has been sent, another core takes the call over, once: a call that
 * kills its core must not kill one after another.
 */
export async function request<T>(call: Call, line?: Line): Promise<T> {
  for (let isRestarted = false; ; isRestarted = true) {
    const core = await unless(line?.signal, connected());
    try {
      return await core.call<T>(call, line);
    } catch (error) {
      if (!(error instanceof CoreLost)) throw error;
      const { hasSent, continuation, ...known } = error.known;
      if (!hasSent && !isRestarted) continue;
      line?.onContinuation?.(continuation);
      const facts = { code: 'interrupted', retryable: !known.unclear, ...known, provider: providerOf(call) } as const;
      throw Object.assign(new UploadError(facts, line?.messages), { cause: error });
    }
  }
}

function providerOf({ call }: Call): string | undefined {
  const { provider } = JSON.parse(call);
  return provider?.id ?? provider;
}

/** What the promise gives, unless the signal aborts first. */
async function unless<T>(signal: AbortSignal | undefined, promise: Promise<T>): Promise<T> {
  if (!signal) return await promise;
  return await new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** A call as the core reads it, without what only the page can use. */
export function describe(
  method: string,
  { provider, gateway, signal, messages, headers, token, retryTimeout, ...options }: CallOptions | UploadOptions,
  more: object,
): string {
  const isOwn = typeof provider === 'object';
  // A page without an address of its own may well have a backend.
  const absolute = isOwn ? undefined : absoluteUrl(gateway ?? '/');
  const way = { provider: definition(provider), gateway: absolute, retryTimeout, ...pass({ headers, token }) };
  return JSON.stringify({ method, ...way, options: chosen(options), ...more });
}

/** What only the page calls. */
const CALLBACK = /^on(Progress|Stage|Inspected|Advice|Retry)$/;

/** The options that are set, for the core to refuse those that it does not know; JSON has no functions. */
function chosen(options: object): object {
  const set = Object.entries(options).filter(([name, value]) => value != null && !CALLBACK.test(name));
  return Object.fromEntries(set.map(([name, value]) => [name, typeof value === 'function' ? 'function' : value]));
}

function absoluteUrl(gateway: string | URL): string {
  try {
    // `location` is no base in a srcdoc frame.
    const { protocol, href } = new URL(gateway, globalThis.document?.baseURI ?? globalThis.location?.href);
    if (/^https?:$/.test(protocol)) return href;
  } catch {
    // Told below.
  }
  throw new TypeError(
    `there is no gateway at '${gateway}' for this page; pass its absolute URL: { gateway: 'https://…' }`,
  );
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
