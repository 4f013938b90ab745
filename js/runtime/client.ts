// The core as the page's functions call it: loaded when it is first needed, in the words of JavaScript.

import { UploadError } from '../api/error.js';
import { importOrThrow } from '../api/setup-error.js';
import type { CallOptions, InitOptions, UploadOptions } from '../api/types.js';
import { type CustomProvider, definition, type SignedPut } from '../custom-provider/define.js';
import { type CallHandlers, type Connection, CoreLost } from './connection.js';
import { resolveToken, serializeAuth } from './gateway-auth.js';
import type { Call } from './protocol.js';
import { connect } from './start.js';

let connection: Promise<Connection> | undefined;

/** How the core was started last. Another one, in place of one that died, starts in the same way. */
let startedWith: InitOptions | undefined;

/** The one connection; a failed one is forgotten, so that the next call tries again. */
export function getConnection(options = startedWith): Promise<Connection> {
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
export function callCore<T>(call: string, source?: Blob, line?: CallHandlers): Promise<T> {
  return callWithRestart<T>({ method: 'perform', source, call }, line);
}

/**
 * Calls the core. If it dies before anything of the call has been sent, another core takes the call over, once: a call that
 * kills its core must not kill one after another.
 */
export async function callWithRestart<T>(call: Call, line?: CallHandlers): Promise<T> {
  for (let isRestarted = false; ; isRestarted = true) {
    const core = await unlessAborted(line?.signal, getConnection());
    try {
      return await core.call<T>(call, line);
    } catch (error) {
      if (!(error instanceof CoreLost)) throw error;
      const { hasSent, continuation, ...known } = error.known;
      if (!hasSent && !isRestarted) continue;
      line?.onContinuation?.(continuation);
      const facts = {
        code: 'interrupted',
        retryable: !known.outcomeUnknown,
        ...known,
        provider: providerOf(call),
      } as const;
      throw Object.assign(new UploadError(facts, line?.messages), { cause: error });
    }
  }
}

function providerOf({ call }: Call): string | undefined {
  const { provider } = JSON.parse(call);
  return provider?.id ?? provider;
}

/** What the promise gives, unless the signal aborts first. */
async function unlessAborted<T>(signal: AbortSignal | undefined, promise: Promise<T>): Promise<T> {
  if (!signal) return await promise;
  return await new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** A call as the core reads it, without what only the page can use. */
export function serializeCall(
  method: string,
  { provider, gateway, signal, messages, headers, token, retryTimeout, ...options }: CallOptions | UploadOptions,
  more: object,
): string {
  const isOwn = typeof provider === 'object';
  // A page without an address of its own may well have a backend.
  const absolute = isOwn ? undefined : absoluteUrl(gateway ?? '/');
  const way = { provider: definition(provider), gateway: absolute, retryTimeout, ...serializeAuth({ headers, token }) };
  return JSON.stringify({ method, ...way, options: definedOptions(options), ...more });
}

/** What only the page calls. */
const CALLBACK = /^on(Progress|Stage|Inspected|Warnings|Retry)$/;

/** The options that are set, for the core to refuse those that it does not know; JSON has no functions. */
function definedOptions(options: object): object {
  const set = Object.entries(options).filter(([name, value]) => value != null && !CALLBACK.test(name));
  return Object.fromEntries(set.map(([name, value]) => [name, typeof value === 'function' ? 'function' : value]));
}

function absoluteUrl(gateway: string | URL): string {
  try {
    // `location` is no base in a srcdoc frame.
    const { protocol, href } = new URL(gateway, globalThis.document?.baseURI ?? globalThis.location?.href);
    if (/^https?:$/.test(protocol)) return href;
  } catch {
    // MessageContext below.
  }
  throw new TypeError(
    `there is no gateway at '${gateway}' for this page; pass its absolute URL: { gateway: 'https://…' }`,
  );
}

/**
 * Answers what the core asks during one call: for a token, or what a provider of the page's own says. `signed` outlives the
 * call where another may continue it.
 */
export function createQueryHandler(
  options: CallOptions | UploadOptions,
  signal = new AbortController().signal,
  signed: { ticket?: SignedPut } = {},
): NonNullable<CallHandlers['onAsk']> {
  const { provider } = options;
  let backend: Promise<(what: string, about: string) => Promise<string>> | undefined;
  return async (what, about) => {
    if (what === 'token') return await resolveToken(options, about, signal);
    backend ??= importOrThrow(import('../custom-provider/callbacks.js')).then(({ createCallbackInvoker }) =>
      createCallbackInvoker(provider as CustomProvider, signal, signed),
    );
    return await (await backend)(what, String(about));
  };
}

/** The core's time of an asset's end, as a `Date`. */
export function parseDates<T extends { expiresAt?: Date }>({ expiresAtMillis, ...asset }: WithMillis<T>): T {
  return (expiresAtMillis === undefined ? asset : { ...asset, expiresAt: new Date(expiresAtMillis) }) as unknown as T;
}

export type WithMillis<T extends { expiresAt?: Date }> = Omit<T, 'expiresAt'> & { expiresAtMillis?: number };
