// What a call shows its gateway: headers, and a token.

import type { Token } from '../api/types.js';

/** What a call says of it. */
interface AuthOptions {
  headers?: Record<string, string> | undefined;
  token?: Token | undefined;
}

/** Both as the core reads them: a token that is a function is asked for when it is needed. */
export function serializeAuth({ headers, token }: AuthOptions): object {
  const asks = typeof token === 'function';
  // A form's type has its boundary in it, and two credentials are none.
  const own = token === undefined ? /^content-type$/ : /^(content-type|authorization)$/;
  const shown = headerPairs(headers).filter(({ name }) => !own.test(name));
  if (token !== undefined && !asks) shown.push({ name: 'Authorization', value: bearer(token) });
  return { headers: shown, token: asks };
}

/** Headers as a list, for the core knows no names in advance. */
export function headerPairs(headers: HeadersInit | undefined): { name: string; value: string }[] {
  try {
    return Array.from(new Headers(headers), ([name, value]) => ({ name, value }));
  } catch {
    // Firefox quotes the value in its own words.
    throw new TypeError(INVALID_HEADER);
  }
}

/** The value of the token's header, fresh from the page. */
export async function resolveToken({ token }: AuthOptions, why: unknown, signal: AbortSignal): Promise<string> {
  return bearer(typeof token === 'function' ? await token(why as 'initial' | 'unauthorized', { signal }) : token);
}

const INVALID_HEADER = 'no header can carry this token or these headers';

function bearer(token: unknown): string {
  if (typeof token === 'string' && /^[!-~]+$/.test(token)) return `Bearer ${token}`;
  throw new TypeError(INVALID_HEADER);
}
