// What the core asks a provider of the page's own, and what it gets. It is loaded where a page has such a provider.

import type { BackendContext, BackendFile, CustomProvider, FormBackend, PutBackend, SignedPut } from './backend.js';
import { Malformed, submissionForCore, ticketForCore } from './given.js';
import { isResponse } from './realm.js';

/** Puts one upload's questions to the provider; answers are the JSON texts that `src/browser/page.rs` reads. */
export function asking(
  provider: CustomProvider,
  signal: AbortSignal,
): (what: string, about: string) => Promise<string> {
  const converse = conversation(provider);
  const attempts = new Map<string, number>();
  return async (what, about) => {
    const attempt = (attempts.get(what) ?? 0) + 1;
    attempts.set(what, attempt);
    try {
      const given = await converse(what, JSON.parse(about), { signal, attempt });
      const body = what === 'sign' || what === 'form' ? ticketForCore(given, what) : submissionForCore(given, what);
      return JSON.stringify({ status: 200, body });
    } catch (error) {
      return JSON.stringify(await asAnswer(error));
    }
  };
}

type Question = BackendFile & { answer: string; id: string };

/** The callbacks of either kind; the core asks only for what the definition has said there is. */
type Callbacks = Pick<PutBackend, 'sign' | 'confirm' | 'status'> & Pick<FormBackend, 'form' | 'read'>;

/** One upload's conversation with its provider. */
function conversation(provider: CustomProvider) {
  const backend = provider as unknown as Callbacks;
  let ticket: SignedPut;
  return async (what: string, { answer, ...file }: Question, context: BackendContext): Promise<unknown> => {
    switch (what) {
      case 'sign':
        ticket = await value(backend.sign(file, context));
        return ticket;
      case 'confirm':
        if (backend.confirm) return await value(backend.confirm(file, ticket, context));
        return { id: ticket.id, url: ticket.publicUrl ?? ticket.url.replace(/[?#].*/, '') };
      case 'form':
        return await value(backend.form(file, context));
      case 'read':
        return await value(backend.read ? backend.read(parsed(answer), context) : parsed(answer));
      default:
        if (!backend.status) throw new TypeError(`${provider.id} has no status()`);
        return await value(backend.status(file.id, context));
    }
  };
}

/** What a callback gave; of a `Response` its JSON. */
async function value<T>(given: T | Response | Promise<T | Response>): Promise<T> {
  const awaited = await given;
  if (!isResponse(awaited)) return awaited;
  if (!awaited.ok) throw awaited;
  // A body that was read before, or that breaks off, is the network's failure only if it says so.
  return parsed(await awaited.text()) as T;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What a callback threw, as the answer of a server; anything else is thrown on. */
async function asAnswer(error: unknown): Promise<unknown> {
  if (error instanceof Malformed) return { status: 200, body: { malformed: error.field } };
  if (isNetworkError(error)) return { status: 0 };
  const thrown = Object(error);
  // ky and axios keep the answer beside the error.
  const answer = thrown.response ?? thrown;
  const { status } = answer;
  if (!(Number.isInteger(status) && status >= 400 && status < 600)) {
    // A Response is no error that a person could read.
    throw isResponse(error)
      ? new TypeError(`a callback threw a Response of status ${status}`, { cause: error })
      : error;
  }
  const retryAfter = thrown.retryAfter ?? answer.headers?.get?.('retry-after');
  const body = isResponse(answer) ? parsed(await answer.text().catch(() => '')) : { message: String(thrown.message) };
  return { status, retryAfter: String(retryAfter), body };
}

/**
 * Whether `fetch` had no line, which only its words tell: Chromium's, Safari's and Firefox's, as the package
 * is-network-error 1.3 lists them. Safari's are so general that only the missing stack tells them from others.
 */
function isNetworkError(error: unknown): boolean {
  const { name, message, stack } = Object(error);
  if (name !== 'TypeError') return false;
  if (/^Load failed( \(.*\))?$/.test(message)) return stack === undefined;
  return /^(network error|Failed to fetch( \(.*\))?|NetworkError when .* resource\.|The Internet .* offline\.)$/.test(
    message,
  );
}
