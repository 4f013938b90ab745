// Calls the callbacks of a custom provider for the core. Loaded with the first custom provider.

import { isResponse } from '../api/realm.js';
import type {
  BackendAsset,
  BackendContext,
  BackendFile,
  CustomProvider,
  FormBackend,
  PartsBackend,
  PutBackend,
  SignedPut,
} from './define.js';
import { partsCallback } from './parts-callbacks.js';
import { MalformedResult, submissionForCore, ticketForCore } from './validate-result.js';

/**
 * Returns a function that calls the provider's callbacks for one upload. It resolves to the JSON that the core reads. `signed`
 * keeps the ticket for a retry that only confirms.
 */
export function createCallbackInvoker(
  provider: CustomProvider,
  signal: AbortSignal,
  signed: { ticket?: SignedPut },
): (what: string, about: string) => Promise<string> {
  const dispatch = createDispatcher(provider, signed);
  const toCore = (what: string, result: unknown) => {
    if (what === 'form') return ticketForCore(result, what);
    if (what !== 'sign') return submissionForCore(result, what);
    const ticket = ticketForCore(result, what);
    // Without `confirm`, the stored file is the asset.
    return (provider as unknown as Callbacks).confirm
      ? ticket
      : { ...ticket, asset: submissionForCore(defaultAsset(result as SignedPut), what) };
  };
  const attempts = new Map<string, number>();
  return async (what, about) => {
    const attempt = (attempts.get(what) ?? 0) + 1;
    attempts.set(what, attempt);
    try {
      const [query, context] = [JSON.parse(about), { signal, attempt }];
      const body =
        (await partsCallback(provider as unknown as PartsBackend, what, query, context, resolveResult)) ??
        toCore(what, await dispatch(what, query, context));
      return JSON.stringify({ status: 200, body });
    } catch (error) {
      return JSON.stringify(await errorToResponse(error));
    }
  };
}

/** The data of a query: the file, the response to a form, or the id of a pending asset. */
type Query = BackendFile & { response: string; id: string };

/** The callbacks of both kinds of backend. The core calls only those that the provider has. */
type Callbacks = Pick<PutBackend, 'sign' | 'confirm' | 'status'> & Pick<FormBackend, 'form' | 'read'>;

/** Returns a function that calls the callback for a query of the core. */
function createDispatcher(provider: CustomProvider, signed: { ticket?: SignedPut }) {
  const backend = provider as unknown as Callbacks;
  return async (what: string, { response, ...file }: Query, context: BackendContext): Promise<unknown> => {
    switch (what) {
      case 'sign':
        signed.ticket = await resolveResult(backend.sign(file, context));
        return signed.ticket;
      case 'confirm':
        return await resolveResult(backend.confirm?.(file, signed.ticket as SignedPut, context));
      case 'form':
        return await resolveResult(backend.form(file, context));
      case 'read':
        return await resolveResult(backend.read ? backend.read(parseJson(response), context) : parseJson(response));
      default:
        if (!backend.status) throw new TypeError(`${provider.id} has no status()`);
        return await resolveResult(backend.status(file.id, context));
    }
  };
}

/** The asset of a provider without `confirm`. */
function defaultAsset({ id, url, publicUrl }: SignedPut): BackendAsset {
  return { id: id ?? null, url: publicUrl ?? String(url).replace(/[?#].*/, '') };
}

/** The result of a callback; for a `Response`, its JSON. */
async function resolveResult<T>(result: T | Response | Promise<T | Response>): Promise<T> {
  const value = await result;
  if (!isResponse(value)) return value;
  if (!value.ok) throw value;
  // A body that was read before is the page's mistake. Every other failure is a broken connection: Firefox reports an abort,
  // and WebKit passes on the part that arrived.
  const wasRead = value.bodyUsed;
  const text = await value.text().catch((error) => {
    throw wasRead ? error : new TypeError('network error', { cause: error });
  });
  const json = parseJson(text);
  if (json === text && (text ? isTruncated(text) : isMissing(value))) throw new TypeError('network error');
  return json as T;
}

/** Whether the connection may have broken before the body began. A server that sends an empty body says so. */
function isMissing({ url, status, headers }: Response): boolean {
  return url !== '' && status !== 204 && headers.get('content-length') !== '0';
}

/** Whether the text is a JSON object or array that ends early. */
function isTruncated(text: string): boolean {
  const outside = text.replace(/"(\\.|[^"\\])*"/g, '');
  const count = (brackets: RegExp) => outside.match(brackets)?.length ?? 0;
  return /^\s*[{[]/.test(text) && (outside.includes('"') || count(/[{[]/g) > count(/[}\]]/g));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Converts an error of a callback into a response. Rethrows an error that has none. */
async function errorToResponse(error: unknown): Promise<unknown> {
  if (error instanceof MalformedResult) return { status: 200, body: { malformed: error.field } };
  if (isNetworkError(error)) return { status: 0 };
  const thrown = Object(error);
  // ky and axios store the response in the error.
  const response = thrown.response ?? thrown;
  const { status } = response;
  if (!(Number.isInteger(status) && status >= 400 && status < 600)) {
    // A Response has no message.
    throw isResponse(error)
      ? new TypeError(`a callback threw a Response with status ${status}`, { cause: error })
      : error;
  }
  const retryAfter = thrown.retryAfter ?? response.headers?.get?.('retry-after');
  const body = isResponse(response)
    ? parseJson(await response.text().catch(() => ''))
    : { message: String(thrown.message) };
  return { status, retryAfter: String(retryAfter), body };
}

/**
 * Whether it is the network error of `fetch`. Only its message identifies it: Chromium's, Safari's and Firefox's, as in the
 * package is-network-error 1.3. Safari's message is so general that the stack must be missing, too.
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
