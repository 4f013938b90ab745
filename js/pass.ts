// What a call shows its gateway: headers, and a token.

import type { Token } from './types.js';

/** What a call says of it. */
interface Pass {
  headers?: Record<string, string> | undefined;
  token?: Token | undefined;
}

/** Both as the core reads them: a token that is a function is asked for when it is needed. */
export function pass({ headers, token }: Pass): object {
  if (token !== undefined && typeof token !== 'function') mustBeToken(token);
  // A form's type has its boundary in it, and two credentials are none.
  const own = ['content-type', ...(token === undefined ? [] : ['authorization'])];
  return {
    headers: pairs(headers).filter(({ name }) => !own.includes(name)),
    token: typeof token === 'function' ? true : token,
  };
}

/** Headers as a list, for the core knows no names in advance. */
export function pairs(headers: HeadersInit | undefined): { name: string; value: string }[] {
  try {
    return Array.from(new Headers(headers), ([name, value]) => ({ name, value }));
  } catch {
    // Firefox quotes the value in its own words.
    throw new TypeError('these headers have a name or a value that no header can have');
  }
}

/** Another token of the page's. */
export async function freshToken(
  token: Token | undefined,
  why: 'initial' | 'unauthorized',
  signal: AbortSignal,
): Promise<string> {
  const fresh = typeof token === 'function' ? await token(why, { signal }) : token;
  mustBeToken(fresh);
  return fresh;
}

function mustBeToken(token: unknown): asserts token is string {
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token))
    throw new TypeError('the token is no text that a header can carry');
}
