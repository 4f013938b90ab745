// The headers and the token with which a call authenticates to its gateway.

import type { Token } from '../api/types.js';

/** The options of a call for its gateway. */
interface AuthOptions {
  headers?: Record<string, string> | undefined;
  token?: Token | undefined;
}

/** Serialises both for the core. A token that is a function is queried when it is needed. */
export function serializeAuth({ headers, token }: AuthOptions): object {
  const isQueried = typeof token === 'function';
  // The type of a form contains its boundary, and there can be only one `Authorization`.
  const ignored = token === undefined ? /^content-type$/ : /^(content-type|authorization)$/;
  const pairs = headerPairs(headers).filter(({ name }) => !ignored.test(name));
  if (token !== undefined && !isQueried) pairs.push({ name: 'Authorization', value: bearer(token) });
  return { headers: pairs, token: isQueried };
}

/** Headers as a list, because their names are not known in advance. */
export function headerPairs(headers: HeadersInit | undefined): { name: string; value: string }[] {
  try {
    return Array.from(new Headers(headers), ([name, value]) => ({ name, value }));
  } catch {
    // Firefox's own message contains the value, which may be a secret.
    throw new TypeError(INVALID_HEADER);
  }
}

/** The value of the `Authorization` header, with a new token if the option is a function. */
export async function resolveToken({ token }: AuthOptions, why: unknown, signal: AbortSignal): Promise<string> {
  return bearer(typeof token === 'function' ? await token(why as 'initial' | 'unauthorized', { signal }) : token);
}

const INVALID_HEADER = 'invalid characters in `token` or `headers`';

function bearer(token: unknown): string {
  if (typeof token === 'string' && /^[!-~]+$/.test(token)) return `Bearer ${token}`;
  throw new TypeError(INVALID_HEADER);
}
