// What the core asks the page: a token for the gateway, or what a provider of the page's own says.

import type {
  BackendContext,
  BackendFile,
  CustomProvider,
  FormBackend,
  PutBackend,
  SignedForm,
  SignedPut,
} from './backend.js';
import { freshToken, pairs } from './pass.js';
import type { CallOptions, ProviderId } from './types.js';

/** What the answers come from. */
type Asked = Pick<CallOptions, 'token'> & { provider: ProviderId | CustomProvider };

/** Answers one call's questions. A provider's answers are the JSON texts that `src/browser/page.rs` reads. */
export function answering({ provider, token }: Asked, signal: AbortSignal = new AbortController().signal) {
  const backend = typeof provider === 'object' ? conversation(provider) : undefined;
  const attempts = new Map<string, number>();
  return async (what: string, about: unknown): Promise<string | undefined> => {
    if (what === 'token') return await freshToken(token, about as 'initial' | 'unauthorized', signal);
    const attempt = (attempts.get(what) ?? 0) + 1;
    attempts.set(what, attempt);
    try {
      const body = await backend?.(what, JSON.parse(String(about)), { signal, attempt });
      return JSON.stringify({ status: 200, body });
    } catch (error) {
      return JSON.stringify(await asAnswer(error));
    }
  };
}

type Question = BackendFile & { answer: string; id: string };

/** One upload's conversation with its provider. */
function conversation(provider: CustomProvider) {
  let ticket: SignedPut;
  return async (what: string, about: Question, context: BackendContext): Promise<unknown> => {
    const { answer, ...file } = about;
    const { put, post } = { put: provider as PutBackend, post: provider as FormBackend };
    switch (what) {
      case 'sign':
        ticket = (await value(put.sign(file, context))) as SignedPut;
        return forCore(ticket);
      case 'confirm':
        if (put.confirm) return await value(put.confirm(file, ticket, context));
        return { id: ticket.id, url: ticket.publicUrl ?? ticket.url.replace(/[?#].*/, '') };
      case 'form':
        return forCore((await value(post.form(file, context))) as SignedForm);
      case 'read':
        return post.read ? await value(post.read(parsed(answer), context)) : parsed(answer);
      default:
        if (!provider.status) throw new TypeError(`'${provider.id}' has no status() to ask about a pending asset`);
        return await value(provider.status(about.id, context));
    }
  };
}

/** What a callback gave; of a `Response` its JSON. */
async function value(given: unknown): Promise<unknown> {
  const awaited = await given;
  if (!(awaited instanceof Response)) return awaited;
  if (!awaited.ok) throw awaited;
  return parsed(await awaited.text());
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A ticket with its headers and fields as lists, for the core knows no names in advance. */
function forCore(ticket: SignedPut | SignedForm): unknown {
  if (typeof ticket !== 'object' || ticket === null) return ticket;
  const fields = Object.entries(ticket.fields ?? {}).map(([name, value]) => ({ name, value: String(value) }));
  return { ...ticket, headers: pairs(ticket.headers), fields };
}

/** What a callback threw, as the answer of a server; anything else is thrown on. */
async function asAnswer(error: unknown): Promise<unknown> {
  if (isNetworkError(error)) return { status: 0 };
  const thrown = Object(error);
  // ky and axios keep the answer beside the error.
  const answer = thrown.response ?? thrown;
  const { status } = answer;
  if (!(Number.isInteger(status) && status >= 400 && status < 600)) throw error;
  const retryAfter = thrown.retryAfter ?? answer.headers?.get?.('retry-after') ?? undefined;
  const body = answer instanceof Response ? parsed(await answer.text().catch(() => '')) : { message: thrown.message };
  return { status, retryAfter: retryAfter === undefined ? undefined : String(retryAfter), body };
}

/**
 * Whether `fetch` had no line, which only its words tell: Chromium's, Safari's and Firefox's, as the package
 * is-network-error 1.3 lists them. Safari's are so general that only the missing stack tells them from others.
 */
function isNetworkError(error: unknown): boolean {
  if (!(error instanceof TypeError)) return false;
  const { message, stack } = error;
  if (/^Load failed( \(.*\))?$/.test(message)) return stack === undefined;
  return /^(Failed to fetch( \(.*\))?|network error|NetworkError when attempting to fetch resource\.|The Internet connection appears to be offline\.)$/.test(
    message,
  );
}
