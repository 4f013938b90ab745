// A provider that the page defines: its own backend, behind the same checks, retries, progress and comparison of bytes.

import type { Kind, Limits, ProviderId } from './types.js';

/** What a callback is told of the file. */
export interface BackendFile {
  /** The file's name, with an extension that fits its content. */
  name: string;
  /** The MIME type by content. The bytes are sent with it, so it is the one to sign. */
  mime: string;
  /** Size in bytes. */
  bytes: number;
  /** SHA-256, 64 hexadecimal digits; in `sign` and `form` only with `checksum`. */
  sha256?: string;
}

/** What a callback can go by. */
export interface BackendContext {
  /** Aborts with the upload: hand it to `fetch`. */
  signal: AbortSignal;
  /** How often this callback has been called in this upload, from 1. */
  attempt: number;
}

/** A moment: a `Date`, milliseconds since 1970, or an RFC 3339 text. */
export type Moment = Date | number | string;

/** Where the bytes are to be PUT. */
export interface SignedPut {
  /** An `http:` or `https:` URL. It is taken as its own credential: no token and none of `headers` of the call go there. */
  url: string;
  /** Headers for the PUT. A `Content-Type` among them takes the place of the file's own. */
  headers?: HeadersInit;
  /** When the URL ends. A new one is asked for before a try that would come too late. */
  expiresAt?: Moment | null;
  /** The asset's id, where there is no `confirm`. */
  id?: string;
  /** The asset's URL, where there is no `confirm`. */
  publicUrl?: string;
  /** Whatever else `confirm` wants to know. */
  [more: string]: unknown;
}

/** Where the file is to be POSTed in a form. */
export interface SignedForm {
  /** An `http:` or `https:` URL; see `SignedPut`. */
  url: string;
  /** The name of the file's field. */
  field: string;
  /** The fields before the file. */
  fields?: Record<string, string>;
  /** Headers for the POST, beside its `Content-Type`. */
  headers?: HeadersInit;
  /** When the form ends. A refusal after that has a new one asked for. */
  expiresAt?: Moment | null;
}

/** What the backend made of the file. One of `ref`, `uri` and `url` must be there; `null` is as good as nothing. */
export interface BackendAsset {
  /**
   * The string to paste into a generation request.
   * @default `uri`, or else `url`
   */
  ref?: string | null;
  /** Where the bytes can be fetched. */
  url?: string | null;
  /** An `asset://` URI, or another that its requests know. */
  uri?: string | null;
  /** The backend's id for it. */
  id?: string | null;
  /** What the backend holds, as it says. The upload fails, as `integrity`, where that is not what was sent. */
  sha256?: string | null;
  /** The same, in bytes. */
  bytes?: number | null;
  /** The same, as a MIME type. */
  contentType?: string | null;
  /** When the backend forgets the asset. */
  expiresAt?: Moment | null;
}

/** What a callback gives: a value, or a `Response` whose JSON is that value. */
export type Given<T> = T | Response | Promise<T | Response>;

/** An asset, or `{ pending: id }` until `status` says more, or `{ failed: reason }`. */
export type Submission =
  | BackendAsset
  | {
      /** What `status` is to be asked about. */
      pending: string;
    }
  | {
      /** Why, in a few words. */
      failed: string;
    };

/** What a backend accepts. All bounds are inclusive; a limit that is left out does not apply. Ratios and seconds may be fractions. */
export interface BackendLimits
  extends Partial<
    Pick<Limits, 'maxBytes' | 'minWidth' | 'minHeight' | 'maxAspectRatio' | 'minDuration' | 'maxDuration'>
  > {
  /**
   * MIME types, or `'image/*'`, `'video/*'`, `'audio/*'`.
   * @default every format that mediaferry knows
   */
  mimes?: readonly string[];
}

/** What both kinds of backend have. */
export interface Backend {
  /**
   * What assets and errors name as their `provider`.
   * @default 'custom'
   */
  id?: string;
  /**
   * Its name for people.
   * @default `id`
   */
  name?: string;
  /**
   * What it takes. Of several limits for a format the first counts; a format in none of them is refused.
   * @default every format that mediaferry knows, of any size
   */
  rules?: readonly BackendLimits[];
  /**
   * Whether the SHA-256 is to be known before the first callback is called. The file is read once more then.
   * @default false
   */
  checksum?: boolean;
  /** Says how far a pending asset is. It is asked every 1 to 10 s, for 10 minutes at most. */
  status?(id: string, context: BackendContext): Given<Submission>;
  /**
   * Makes `requestFragment`.
   * @default the bare `ref`
   */
  fragment?(ref: string, kind: Kind): unknown;
}

/** A backend that signs a PUT. */
export interface PutBackend extends Backend {
  /** Gives the URL for the PUT. It may be called again: after a failure, or where storage no longer takes the URL. */
  sign(file: BackendFile, context: BackendContext): Given<SignedPut>;
  /**
   * Makes the asset, once storage has the bytes. It may be called again after a failure.
   * @default `publicUrl`, or else the signed URL without its query
   */
  confirm?(file: BackendFile, ticket: SignedPut, context: BackendContext): Given<Submission>;
}

/** A backend that takes the file in a form. */
export interface FormBackend extends Backend {
  /** Says where the form goes. It may be called again after a failure; the form itself is sent again only after 429. */
  form(file: BackendFile, context: BackendContext): Given<SignedForm>;
  /**
   * Makes the asset of the form's answer: its JSON, or its text where it is none.
   * @default the answer is the asset
   */
  read?(answer: unknown, context: BackendContext): Given<Submission>;
}

/**
 * A provider that the page defines, for `upload`.
 *
 * A callback that takes longer than 2 minutes, or fails with `fetch`'s own network error, is called again. One that throws
 * a `Response` or an error with a `status` (and `retryAfter`, in seconds) is taken as a server with that answer: 408, 429 and
 * 5xx are tried again, 401 and 403 end the upload. It ends with any other error as it was thrown.
 */
export type CustomProvider = Readonly<
  (PutBackend | FormBackend) & {
    /** What assets and errors name as their `provider`. */
    id: string;
    /** Its name for people. */
    name: string;
  }
>;

/**
 * Defines a provider: a backend of the page's own. Define it once, not for each upload.
 * @throws {TypeError} without exactly one of `sign` and `form`
 */
export function defineProvider(backend: PutBackend | FormBackend): CustomProvider {
  const { id = 'custom', name = id } = backend;
  const provider = { ...backend, id, name };
  if ('sign' in provider === 'form' in provider) throw new TypeError('a provider has either sign() or form()');
  return provider;
}

/** A backend that signs a PUT: `defineProvider` for the most usual case. */
export const presignedPut: (backend: PutBackend) => CustomProvider = defineProvider;

/** What the core needs to know of a provider; it asks for the rest. */
export function definition(provider: ProviderId | CustomProvider): unknown {
  if (typeof provider !== 'object') return provider;
  const { id, name, checksum, rules } = provider;
  return { id, name, checksum, form: 'form' in provider, rules: rules?.map(bounds) };
}

/** The limits that may be fractions, and in how many parts the core counts each. */
const PARTS: Record<string, number> = { maxAspectRatio: 1_000_000, minDuration: 1_000, maxDuration: 1_000 };

/** A rule with both ends of what has two, or neither. */
function bounds({ mimes, ...limits }: BackendLimits): unknown {
  const set = Object.entries(limits).filter(([, limit]) => limit != null);
  const whole = set.map(([name, limit]) => {
    const parts = PARTS[name] ?? 1;
    if (typeof limit !== 'number' || !(limit >= 0 && limit <= Number.MAX_SAFE_INTEGER) || (parts === 1 && limit % 1))
      throw new TypeError(`rules: ${name} must be a ${parts === 1 ? 'whole ' : ''}number, not ${limit}`);
    // Rounded up, so that a limit of 16 / 9 takes what is 16:9.
    return [name, Math.min(Math.ceil(limit * parts), Number.MAX_SAFE_INTEGER)];
  });
  const { minWidth, minHeight, minDuration, maxDuration, ...others } = Object.fromEntries(whole);
  const sides = (minWidth ?? minHeight) !== undefined && { minWidth: minWidth ?? 0, minHeight: minHeight ?? 0 };
  const seconds = (minDuration ?? maxDuration) !== undefined && {
    minDuration: minDuration ?? 0,
    maxDuration: maxDuration ?? Number.MAX_SAFE_INTEGER,
  };
  return { mimes, ...others, ...sides, ...seconds };
}

/** The request fragment that the provider makes itself. */
export function fragment(
  provider: ProviderId | CustomProvider,
  { ref, media }: { ref: string; media?: { kind: Kind } },
): { requestFragment?: unknown } {
  if (typeof provider !== 'object' || !provider.fragment || !media) return {};
  return { requestFragment: provider.fragment(ref, media.kind) };
}
