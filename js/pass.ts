// What a call shows its gateway: headers, and a token.

import type { Token } from './types.js';

/** What a call says of it. */
interface Pass {
  headers?: Record<string, string> | undefined;
  token?: Token | undefined;
}

/** Both as the core reads them: a token that is a function is asked for when it is needed. */
export function pass({ headers, token }: Pass): object {
  const asked = typeof token === 'function';
  if (token !== undefined && !asked) mustBeToken(token);
  // A form's type has its boundary in it, and two credentials are none.
  const own = token === undefined ? /^content-type$/ : /^(content-type|authorization)$/;
  return { headers: pairs(headers).filter(({ name }) => !own.test(name)), token: asked || token };
}

/** Headers as a list, for the core knows no names in advance. */
export function pairs(headers: HeadersInit | undefined): { name: string; value: string }[] {
  try {
    return Array.from(new Headers(headers), ([name, value]) => ({ name, value }));
  } catch {
    // Firefox quotes the value in its own words.
    throw new TypeError(IMPOSSIBLE);
  }
}

/** A token, fresh from the page. */
export async function freshToken({ token }: Pass, why: unknown, signal: AbortSignal): Promise<string> {
  const fresh = typeof token === 'function' ? await token(why as 'initial' | 'unauthorized', { signal }) : token;
  mustBeToken(fresh);
  return fresh;
}

const IMPOSSIBLE = 'no header can carry this token or these headers';

function mustBeToken(token: unknown): asserts token is string {
  if (typeof token !== 'string' || !/^[!-~]+$/.test(token)) throw new TypeError(IMPOSSIBLE);
}
