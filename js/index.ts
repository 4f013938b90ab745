// mediaferry: carries a media file from a browser into a generative-media API.

import { type Connection, connect } from './connection.js';
import type { CoreEvent } from './protocol.js';
import type {
  Asset,
  CallOptions,
  InitOptions,
  ListedAsset,
  ListOptions,
  Media,
  Progress,
  Provider,
  ProviderId,
  RemoteAsset,
  Retry,
  Stage,
  UploadOptions,
  Verdict,
  Violation,
} from './types.js';

export { explain, UploadError } from './error.js';
export type * from './types.js';

let connection: Promise<Connection> | undefined;

/**
 * Loads the core and starts its worker. Every other function does so by itself when it is first called;
 * call this to do it earlier or from other places. A second call waits for the first; a failed one may be repeated.
 */
export async function init(options?: InitOptions): Promise<void> {
  await connected(options);
}

/**
 * Uploads a file and gives what the provider made of it.
 *
 * The file is recognised by its content, checked against the provider's limits and hashed; a file that breaks a limit
 * is refused before anything is sent. Failed requests are repeated where that is safe.
 *
 * A URL is not looked at: the provider fetches it. Those that take no URLs refuse it, as `rejected`.
 *
 * @throws {UploadError} with a stable `code`
 * @throws the signal's reason, when it has aborted
 */
export async function upload(source: Blob, options: UploadOptions): Promise<Asset>;
export async function upload(source: string | URL, options: UploadOptions): Promise<RemoteAsset>;
export async function upload(source: Blob | string | URL, options: UploadOptions): Promise<RemoteAsset> {
  const isFile = source instanceof Blob;
  if (!isFile && typeof source !== 'string' && !(source instanceof URL))
    throw new TypeError('upload() takes a File, a Blob or a URL');
  const call = describe('upload', options, isFile ? {} : { address: String(source) });
  const asset = await perform<Dated<RemoteAsset>>(call, isFile ? source : undefined, options);
  return dated(asset);
}

/**
 * The assets that the account has at a provider, read page by page as they are asked for.
 * @throws {UploadError} as `upload` does
 * @throws {TypeError} from a provider that keeps no list
 */
export async function* listAssets(options: ListOptions): AsyncGenerator<ListedAsset, void, undefined> {
  const { pageSize } = options;
  for (let page = 1, met = 0; ; page++) {
    const call = describe('list', options, { page, pageSize });
    const answer = await perform<{ assets: Dated<ListedAsset>[]; total: number }>(call, undefined, options);
    yield* answer.assets.map(dated);
    met += answer.assets.length;
    if (answer.assets.length === 0 || met >= answer.total) return;
  }
}

/**
 * Removes an asset, by its `id`.
 * @throws {UploadError} as `upload` does
 * @throws {TypeError} from a provider that removes nothing
 */
export async function deleteAsset(id: string, options: CallOptions): Promise<void> {
  await perform(describe('remove', options, { id }), undefined, options);
}

/**
 * Says of each provider whether it takes a file, from one look at it. Nothing is sent.
 * @throws {UploadError} `unreadable_file`
 */
export async function check(source: Blob): Promise<Verdict[]> {
  mustBeBlob(source, 'check');
  return await perform('{"method":"check"}', source);
}

/**
 * The limits of one generation request that these references break together, for example RelayDance's 9 images.
 * @param media what `probe` or `upload` has said of each
 */
export async function checkTogether(
  media: Iterable<Pick<Media, 'kind'>>,
  options: { provider: ProviderId },
): Promise<Violation[]> {
  const kinds = Array.from(media, ({ kind }) => kind).join(' ');
  return await (await connected()).call<Violation[]>({ method: 'checkTogether', call: JSON.stringify(options), kinds });
}

/**
 * Says what a file is, from a few small ranges of it. Nothing is sent.
 * @throws {UploadError} `unrecognised_file`, `unreadable_file`, or `rejected` for an empty file
 */
export async function probe(source: Blob): Promise<Media> {
  mustBeBlob(source, 'probe');
  return await perform('{"method":"probe"}', source);
}

/**
 * The SHA-256 of a file, 64 hexadecimal digits, read as a stream and off the main thread.
 * @throws {UploadError} `unreadable_file`
 */
export async function sha256(source: Blob): Promise<string> {
  mustBeBlob(source, 'sha256');
  return await perform('{"method":"sha256"}', source);
}

/** The providers and what each takes, as data: to show before a file is picked. It takes neither the core nor a worker. */
export async function providers(): Promise<Provider[]> {
  const { default: all } = await import('./generated/providers.json', { with: { type: 'json' } });
  return structuredClone(all) as Provider[];
}

/** A call as the core reads it, without what only the page can use. */
function describe(method: string, { provider, gateway, signal, ...options }: CallOptions, more: object): string {
  const absolute = new URL(gateway ?? '/', globalThis.location?.href).href;
  return JSON.stringify({ method, provider, gateway: absolute, options, ...more });
}

async function perform<T>(call: string, source?: Blob, options?: UploadOptions): Promise<T> {
  const core = await connected();
  const onEvent = (event: CoreEvent) => tell(options, event);
  return await core.call<T>({ method: 'perform', source, call }, { signal: options?.signal, onEvent });
}

type Dated<T extends { expiresAt?: Date }> = Omit<T, 'expiresAt'> & { expiresAtMillis?: number };

function dated<T extends { expiresAt?: Date }>({ expiresAtMillis, ...asset }: Dated<T>): T {
  return (expiresAtMillis === undefined ? asset : { ...asset, expiresAt: new Date(expiresAtMillis) }) as unknown as T;
}

function mustBeBlob(source: unknown, caller: string): void {
  if (!(source instanceof Blob)) throw new TypeError(`${caller}() takes a File or a Blob`);
}

function connected(options?: InitOptions): Promise<Connection> {
  const forget = () => {
    connection = undefined;
  };
  connection ??= connect(options, forget).catch((error: unknown) => {
    forget();
    throw error;
  });
  return connection;
}

function tell(options: UploadOptions | undefined, { type, ...event }: CoreEvent): void {
  if (type === 'stage') options?.onStage?.((event as { stage: Stage }).stage);
  else if (type === 'inspected') options?.onInspected?.((event as { media: Media }).media);
  else if (type === 'advice') options?.onAdvice?.((event as { advice: Violation[] }).advice);
  else if (type === 'progress') options?.onProgress?.(event as Progress);
  else options?.onRetry?.(event as Retry);
}
