// Custom providers: your own backend, with the same checks, retries, progress and verification as every other provider.

import { assertOptions } from '../api/assert-options.js';
import type { Limits } from '../api/provider-types.js';
import type { Kind } from '../generated/core.js';

/** The file, as it is passed to a callback. */
export interface BackendFile {
  /** The file's name, with an extension that matches its content. */
  name: string;
  /** The MIME type of the content. The file is sent with it, so it is the type to sign. */
  mime: string;
  /** Size in bytes. */
  bytes: number;
  /** SHA-256, 64 hexadecimal digits. In `sign` and `form`, it is only set with `checksum: true`. */
  sha256?: string;
}

/** Context passed to each callback. */
export interface BackendContext {
  /** Aborts when the upload is aborted. Pass it to `fetch`. */
  signal: AbortSignal;
  /** The number of this callback's calls since the upload was started or retried; the first is 1. */
  attempt: number;
}

/** A time: a `Date`, milliseconds since 1970, or an RFC 3339 string. */
export type DateLike = Date | number | string;

/** A signed PUT request for the file. */
export interface SignedPut {
  /** An `http:` or `https:` URL. It contains its own credentials, so `token` and `headers` of the upload are not sent to it. */
  url: string;
  /** Headers for the PUT. A `Content-Type` replaces the file's own. */
  headers?: HeadersInit;
  /** When the URL expires. `sign` is called again before an attempt after this time. */
  expiresAt?: DateLike | null;
  /** The asset's id, if there is no `confirm`. */
  id?: string;
  /** The asset's URL, if there is no `confirm`. */
  publicUrl?: string;
  /** Any other values that `confirm` needs. */
  [more: string]: unknown;
}

/** A form POST for the file. */
export interface SignedForm {
  /** An `http:` or `https:` URL; see `SignedPut`. */
  url: string;
  /** The name of the field for the file. */
  field: string;
  /** Other fields, which precede the file. */
  fields?: Record<string, string>;
  /** Headers for the POST, except `Content-Type`. */
  headers?: HeadersInit;
  /** When the form expires. `form` is called again if the POST is rejected after this time. */
  expiresAt?: DateLike | null;
}

/** The asset that the backend created. One of `ref`, `uri` and `url` is required; `null` counts as missing. */
export interface BackendAsset {
  /**
   * The string to use in a generation request.
   * @default `uri`, otherwise `url`
   */
  ref?: string | null;
  /** The URL of the content. */
  url?: string | null;
  /** An `asset://` URI, or another one that generation requests accept. */
  uri?: string | null;
  /** The backend's id of the asset. */
  id?: string | null;
  /** The SHA-256 of the stored content. If it differs from the file's, the upload fails with the code `integrity`. */
  sha256?: string | null;
  /** The size of the stored content in bytes; verified like `sha256`. */
  bytes?: number | null;
  /** The MIME type of the stored content; verified like `sha256`. */
  contentType?: string | null;
  /** When the backend deletes the asset. */
  expiresAt?: DateLike | null;
}

/** The result of a callback: a value, or a `Response` whose JSON is that value. */
export type CallbackResult<T> = T | Response | Promise<T | Response>;

/** An asset; `{ pending: id }` if it is not ready, so that `status` is called; or `{ failed: reason }`. */
export type SubmitResult =
  | BackendAsset
  | {
      /** The id to pass to `status`. */
      pending: string;
    }
  | {
      /** The reason, in a few words. */
      failed: string;
    };

/** Limits of a backend. All bounds are inclusive. A limit that is left out does not apply. Ratios and seconds may be fractions. */
export interface BackendLimits
  extends Partial<
    Pick<Limits, 'maxBytes' | 'minWidth' | 'minHeight' | 'maxAspectRatio' | 'minDuration' | 'maxDuration'>
  > {
  /**
   * MIME types, or `'image/*'`, `'video/*'`, `'audio/*'`.
   * @default every supported format
   */
  mimes?: readonly string[];
}

/** The options of every backend. */
export interface BackendSettings {
  /**
   * The `provider` of assets and errors.
   * @default 'custom'
   */
  id?: string;
  /**
   * The display name.
   * @default `id`
   */
  name?: string;
  /**
   * The limits. The first entry that contains the file's format applies. A format in none of them is rejected.
   * @default every supported format, of any size
   */
  rules?: readonly BackendLimits[];
  /** Returns the state of a pending asset. Called every 1 to 10 s, for 10 minutes at most. */
  status?(id: string, context: BackendContext): CallbackResult<SubmitResult>;
  /**
   * Returns the asset's `requestFragment`. If it throws, the error is reported, and the default applies.
   * @default the bare `ref`
   */
  fragment?(ref: string, kind: Kind): unknown;
}

/** The options of a backend that stores a file with one request. */
export interface Backend extends BackendSettings {
  /**
   * Whether to compute the SHA-256 before the first callback is called. The file is then read twice.
   * @default false
   */
  checksum?: boolean;
}

/** A backend that signs a PUT. */
export interface PutBackend extends Backend {
  /** Returns the signed PUT. Called again after a failure, or if the URL has expired. */
  sign(file: BackendFile, context: BackendContext): CallbackResult<SignedPut>;
  /**
   * Creates the asset after the file was stored. Called again after a failure.
   * @default an asset with `publicUrl`, or with the signed URL without its query
   */
  confirm?(file: BackendFile, ticket: SignedPut, context: BackendContext): CallbackResult<SubmitResult>;
}

/** A backend that accepts the file in a form. */
export interface FormBackend extends Backend {
  /** Returns the form POST. Called again after a failure. The form itself is sent again only after a response with status 429. */
  form(file: BackendFile, context: BackendContext): CallbackResult<SignedForm>;
  /**
   * Converts the response to the form into an asset. `response` is its JSON, or its text if it is not JSON.
   * @default the response is the asset
   */
  read?(response: unknown, context: BackendContext): CallbackResult<SubmitResult>;
}

/** A part of a file. */
export interface HashedPart {
  /** Its number; the first is 1. */
  number: number;
  /** Its size in bytes. */
  bytes: number;
  /** Its SHA-256, 64 hexadecimal digits. */
  sha256: string;
}

/** A multipart upload that was created. */
export interface MultipartUpload {
  /** Identifies the upload in all other callbacks: any string, for example the upload id and the key. */
  uploadId: string;
  /**
   * The size of every part except the last, in bytes; at most 256 MiB and 10,000 parts. A part is hashed in memory.
   * @default 8 MiB, more for files of more than 70 GiB
   */
  partSize?: number;
  /** When the upload expires. Without it, the upload can be resumed for a day. */
  expiresAt?: DateLike | null;
}

/** A signed PUT request for a part. */
export interface SignedPart {
  /** The part's number. */
  number: number;
  /** An `http:` or `https:` URL, which contains its own credentials. */
  url: string;
  /** Headers for the PUT. */
  headers?: HeadersInit;
  /** When the URL expires. `sign` is called again for a part that is sent after this time. */
  expiresAt?: DateLike | null;
}

/** A part that storage has. */
export interface ListedPart {
  /** The part's number. */
  number: number;
  /** Its size in bytes. */
  bytes: number;
  /** Its SHA-256, 64 hexadecimal digits, if storage keeps it. */
  sha256?: string | null;
}

/** The answer of `list` for a multipart upload that is already completed, and no longer has parts. */
export interface CompletedUpload {
  /** Always `true`. */
  completed: true;
}

/** A backend that signs the parts of a multipart upload. Files of any size are sent in parts. */
export interface PartsBackend extends BackendSettings {
  /** Creates a multipart upload. Called again after a failure, and once if the upload no longer exists. */
  create(file: BackendFile, context: BackendContext): CallbackResult<MultipartUpload>;
  /** Returns a signed PUT for each of these parts, 8 at most. Sign the size and the SHA-256, so that storage checks them. */
  sign(
    upload: { uploadId: string; parts: readonly HashedPart[] },
    context: BackendContext,
  ): CallbackResult<readonly SignedPart[]>;
  /**
   * Completes the upload and returns the asset. Take the ETags from the list of parts in storage, and compare its sizes and
   * checksums with `parts`. Called again after a failure, so completing twice must return the same asset.
   *
   * A response with status 409 and `{ "error": { "code": "parts_differ", "parts": [2] } }` sends part 2 again.
   */
  complete(
    upload: { uploadId: string; parts: readonly HashedPart[]; file: BackendFile },
    context: BackendContext,
  ): CallbackResult<SubmitResult>;
  /**
   * Returns all parts that storage has, or `{ completed: true }`. Called when an upload is resumed.
   * @default the parts that the page knows to be stored
   */
  list?(upload: { uploadId: string }, context: BackendContext): CallbackResult<readonly ListedPart[] | CompletedUpload>;
  /** Removes the upload and its parts. Called if the upload is aborted, or removed or forgotten by a queue. */
  abort?(upload: { uploadId: string }, context: BackendContext): unknown;
}

/**
 * A custom provider, for `upload()` and `Uploader`.
 *
 * A callback is called again if it takes longer than 2.5 minutes, or if it rejects with the network error of `fetch`. If it
 * throws a `Response`, or an error with a `status` (and `retryAfter`, in seconds), that is handled like a response of a
 * provider: 408, 429 and 5xx are retried, and any other 4xx fails the upload. With any other error, the upload rejects with
 * that error.
 */
export type CustomProvider = Readonly<
  (PutBackend | FormBackend | PartsBackend) & {
    /** The `provider` of assets and errors. */
    id: string;
    /** The display name. */
    name: string;
  }
>;

/**
 * Defines a provider that uses your own backend, with `sign` or `form`. Define it once, not for each upload.
 * @throws {TypeError} if `backend` has neither or both of `sign` and `form`
 * @example
 * ```ts
 * const provider = defineProvider({
 *   id: 'mine',
 *   form: () => ({ url: 'https://api.example/files', field: 'upload' }),
 *   read: (response) => ({ url: (response as { href: string }).href }),
 * });
 * const { ref } = await upload(file, { provider });
 * ```
 */
export function defineProvider(backend: PutBackend | FormBackend): CustomProvider {
  assertOptions(backend, 'defineProvider()');
  const { id = 'custom', name = id } = backend;
  const provider = { ...backend, id, name };
  if ('sign' in provider === 'form' in provider) throw new TypeError('a provider must have either sign() or form()');
  return provider;
}

/**
 * Defines a provider whose backend signs a PUT to any storage. The same as `defineProvider` with `sign`.
 * @example
 * ```ts
 * const provider = presignedPut({
 *   sign: ({ mime, bytes }, { signal }) =>
 *     fetch('/api/sign', { method: 'POST', body: JSON.stringify({ mime, bytes }), signal }),
 * });
 * const { ref } = await upload(file, { provider });
 * ```
 */
export const presignedPut: (backend: PutBackend) => CustomProvider = defineProvider;

/**
 * Defines a provider whose backend creates, signs and completes multipart uploads. Several parts are sent at a time, a part
 * that fails is sent again alone, and `retry()` continues with the parts that are stored. For small files, `presignedPut` needs
 * fewer requests.
 * @throws {TypeError} if `backend` lacks `create`, `sign` or `complete`
 * @example
 * ```ts
 * const post = (path: string, body: unknown, signal: AbortSignal) =>
 *   fetch(`/api/uploads/${path}`, { method: 'POST', body: JSON.stringify(body), signal });
 * const provider = presignedParts({
 *   create: (file, { signal }) => post('create', file, signal),
 *   sign: (upload, { signal }) => post('sign', upload, signal),
 *   complete: (upload, { signal }) => post('complete', upload, signal),
 * });
 * const { ref } = await upload(file, { provider });
 * ```
 */
export function presignedParts(backend: PartsBackend): CustomProvider {
  assertOptions(backend, 'presignedParts()');
  const { id = 'custom', name = id } = backend;
  const provider = { ...backend, id, name };
  for (const callback of ['create', 'sign', 'complete'] as const)
    if (typeof provider[callback] !== 'function')
      throw new TypeError(`presignedParts() needs the callback ${callback}()`);
  return provider;
}
