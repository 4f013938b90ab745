// Calls a core. It is loaded with the first call.

import { UploadError } from '../api/error.js';
import { importOrThrow, SetupError } from '../api/setup-error.js';
import type { CallOptions, InitOptions, UploadOptions } from '../api/types.js';
import { withSignal } from '../api/waiting.js';
import { type CustomProvider, type SignedPut, serializeProvider } from '../custom-provider/define.js';
import type { Method } from '../generated/core.js';
import { type CallHandlers, type Connection, CoreLost } from './connection.js';
import { resolveToken, serializeAuth } from './gateway-auth.js';
import { fakeHost } from './installed-fake.js';
import type { Call, CoreName } from './protocol.js';
import { connect, hasCore } from './start.js';

const connections: Partial<Record<CoreName, Promise<Connection>>> = {};

/** The options with which a core was started, or starts. The next one starts with the same. */
let startedWith: InitOptions | undefined;

/** The options of `init()` with which a core was started. */
export const initOptions = (): InitOptions => startedWith ?? {};

/** The fake that the connection leads to. */
let usedFake: ReturnType<typeof fakeHost>;

/** Returns the connection to a core. If it failed or was closed, the next call connects again. */
export function getConnection(options = startedWith, wanted: CoreName = 'core'): Promise<Connection> {
  const fake = fakeHost();
  if (fake !== usedFake) void close();
  const name = fake || !hasCore(wanted, options) ? 'core' : wanted;
  const existing = connections[name];
  if (existing) return existing;
  usedFake = fake;
  const forget = () => {
    if (connections[name] === started) delete connections[name];
  };
  const before = startedWith;
  // Now, so that the other core, if it is needed meanwhile, gets them as well.
  startedWith = options;
  const started = connect(name, options, forget, fake).catch((error: unknown) => {
    forget();
    if (startedWith === options) startedWith = before;
    throw error;
  });
  connections[name] = started;
  return started;
}

/**
 * Stops the workers and frees the memory of the core. Calls and uploads that are running fail with the code `interrupted`, and
 * their requests are aborted. A later call, also of `retry()`, starts the core again, with the same options as before.
 *
 * No program has to call it in order to exit. A queue starts its next upload after one has failed: call `cancelAll()` first.
 * @example
 * ```ts
 * uploader.cancelAll();
 * await close();
 * ```
 */
export async function close(): Promise<void> {
  const closing = Object.values(connections);
  for (const name of ['core', 'parts'] as const) delete connections[name];
  // One that has failed has nothing to close.
  for (const result of await Promise.allSettled(closing)) if (result.status === 'fulfilled') result.value.close();
}

/**
 * Calls the core. If it dies before the call has sent anything, the call is repeated once with a new core. Only once, because
 * the call itself may be what kills the core.
 */
export async function callCore<T>(call: Call, handlers?: CallHandlers): Promise<T> {
  // In jsdom, the content of a file cannot be read.
  if (call.source && !call.source.arrayBuffer && !fakeHost()) throw new SetupError('unsupported');
  for (let isRestarted = false; ; isRestarted = true) {
    const core = await withSignal(handlers?.signal, getConnection(startedWith, call.core));
    try {
      return await core.call<T>(call, handlers);
    } catch (error) {
      if (!(error instanceof CoreLost)) throw error;
      const { hasSent, continuation, ...known } = error.known;
      if (!hasSent && !isRestarted) continue;
      handlers?.onContinuation?.(continuation);
      const facts = {
        code: 'interrupted',
        retryable: !known.outcomeUnknown,
        ...known,
        provider: call.provider,
      } as const;
      throw Object.assign(new UploadError(facts, handlers?.messages), { cause: error });
    }
  }
}

/** Calls a function of the core that reads a file and sends nothing. */
export async function callLocal<T>(
  method: Method,
  source: Blob,
  { signal, messages, ...options }: Pick<CallHandlers, 'signal' | 'messages'> = {},
): Promise<T> {
  return await callCore({ source, json: JSON.stringify({ method, options }) }, { signal, messages });
}

/** Serialises a call for the core, without callbacks and other values that only the page can use. */
export function serializeCall(
  method: Method,
  { provider, gateway, signal, messages, headers, token, retryTimeout, ...options }: CallOptions | UploadOptions,
  more: object,
  source?: Blob,
): Call {
  const isCustom = typeof provider === 'object';
  // A custom provider needs no gateway, so the page needs no URL that it could be relative to.
  const absolute = isCustom ? undefined : absoluteUrl(gateway ?? '/');
  const auth = serializeAuth({ headers, token });
  const timeout = finite(retryTimeout ?? undefined);
  const target = { provider: serializeProvider(provider), gateway: absolute, retryTimeout: timeout, ...auth };
  const json = JSON.stringify({ method, ...target, options: definedOptions(options), ...more });
  return { source, json, provider: isCustom ? provider.id : provider };
}

/** JSON has no `Infinity`. */
export const finite = (value: number | undefined): number | undefined =>
  value === Number.POSITIVE_INFINITY ? Number.MAX_SAFE_INTEGER : value;

/** The options that only the page calls. */
const CALLBACK = /^on(Progress|Stage|Inspected|Warnings|Retry|Restarted)$/;

/** The options that are set. The core rejects unknown ones, also functions, which JSON cannot represent. */
function definedOptions(options: object): object {
  const set = Object.entries(options).filter(([name, value]) => value != null && !CALLBACK.test(name));
  return Object.fromEntries(set.map(([name, value]) => [name, typeof value === 'function' ? 'function' : value]));
}

function absoluteUrl(gateway: string | URL): string {
  const { document, location, origin } = globalThis;
  if (origin === 'null' && !fakeHost()) throw new SetupError('opaque_origin');
  try {
    // In a srcdoc frame, `location` cannot be a base URL. A fake needs no page.
    const base = fakeHost() ? 'http://localhost' : (document?.baseURI ?? location?.href);
    const { protocol, href } = new URL(gateway, base);
    if (/^https?:$/.test(protocol)) return href;
  } catch {
    // Not a URL: see below.
  }
  throw new TypeError(`invalid gateway URL '${gateway}'; pass an absolute URL: { gateway: 'https://…' }`);
}

/**
 * Returns a handler for the core's queries during one call: for a token, or for a callback of a custom provider. `signed`
 * outlives the call, so that a retry can continue it.
 */
export function createQueryHandler(
  options: CallOptions | UploadOptions,
  signal = new AbortController().signal,
  signed: { ticket?: SignedPut } = {},
): NonNullable<CallHandlers['onQuery']> {
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

/** Converts the time of expiry, which the core reports in milliseconds, to a `Date`. */
export function parseDates<T extends { expiresAt?: Date }>({ expiresAtMillis, ...asset }: WithMillis<T>): T {
  return (expiresAtMillis === undefined ? asset : { ...asset, expiresAt: new Date(expiresAtMillis) }) as unknown as T;
}

/** An asset with the time of expiry in milliseconds. */
export type WithMillis<T extends { expiresAt?: Date }> = Omit<T, 'expiresAt'> & { expiresAtMillis?: number };
