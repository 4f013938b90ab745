// What the core asks a provider of the page's own, and what it gets. It is loaded where a page has such a provider.

import { isResponse } from '../api/realm.js';
import type { BackendContext, BackendFile, CustomProvider, FormBackend, PutBackend, SignedPut } from './define.js';
import { Malformed, submissionForCore, ticketForCore } from './validate-result.js';

/**
 * Puts one upload's questions to the provider; answers are the JSON texts that `src/browser/page.rs` reads. `signed` holds the
 * ticket, for a retry that only confirms as well.
 */
export function createCallbackInvoker(
  provider: CustomProvider,
  signal: AbortSignal,
  signed: { ticket?: SignedPut },
): (what: string, about: string) => Promise<string> {
  const converse = conversation(provider, signed);
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
function conversation(provider: CustomProvider, signed: { ticket?: SignedPut }) {
  const backend = provider as unknown as Callbacks;
  return async (what: string, { answer, ...file }: Question, context: BackendContext): Promise<unknown> => {
    switch (what) {
      case 'sign':
        signed.ticket = await value(backend.sign(file, context));
        return signed.ticket;
      case 'confirm': {
        const ticket = signed.ticket as SignedPut;
        if (backend.confirm) return await value(backend.confirm(file, ticket, context));
        return { id: ticket.id, url: ticket.publicUrl ?? ticket.url.replace(/[?#].*/, '') };
      }
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
  // That a body was read before is the page's own mistake. All else is a connection that broke, and Firefox calls it an abort;
  // WebKit passes such a response on as a complete one.
  const wasRead = awaited.bodyUsed;
  const text = await awaited.text().catch((error) => {
    throw wasRead ? error : new TypeError('network error', { cause: error });
  });
  const result = parsed(text);
  if (result === text && (text ? isCut(text) : isMissing(awaited))) throw new TypeError('network error');
  return result as T;
}

/** Whether the connection may have broken before the body began: a server that sends an empty one says so. */
function isMissing({ url, status, headers }: Response): boolean {
  return url !== '' && status !== 204 && headers.get('content-length') !== '0';
}

/** Whether a text is an object or a list in JSON that ends early. */
function isCut(text: string): boolean {
  const outside = text.replace(/"(\\.|[^"\\])*"/g, '');
  const count = (brackets: RegExp) => outside.match(brackets)?.length ?? 0;
  return /^\s*[{[]/.test(text) && (outside.includes('"') || count(/[{[]/g) > count(/[}\]]/g));
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
  // Firefox's for a body that breaks off, whatever its framing.
  if (/^(Content-Length header .* exceeds response Body|Error in (body|input) stream)\.?$/.test(message)) return true;
  return /^(network error|Failed to fetch( \(.*\))?|NetworkError when .* resource\.|The Internet .* offline\.)$/.test(
    message,
  );
}
