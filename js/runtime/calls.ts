// A call of the core as JSON, the handler for what the core asks meanwhile, and the asset in its result.

import { importOrThrow, SetupError } from '../api/errors.js';
import type { CallOptions, UploadOptions } from '../api/types.js';
import type { CustomProvider, SignedPut } from '../custom-provider/define.js';
import { serializeProvider } from '../custom-provider/serialize.js';
import type { Method } from '../generated/core.js';
import type { CallHandlers } from './connection.js';
import { resolveToken, serializeAuth } from './gateway-auth.js';
import { fakeHost } from './installed-fake.js';
import type { Call } from './protocol.js';

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
