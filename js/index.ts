// mediaferry: carries a media file from a browser into a generative-media API.

import type { Line } from './connection.js';
import { answering, connected, type Dated, dated, describe, perform, request } from './core.js';
import { isBlob } from './realm.js';
import { loaded } from './setup-error.js';
import { Task } from './task.js';
import type {
  CallOptions,
  InitOptions,
  ListedAsset,
  ListOptions,
  LocalOptions,
  Media,
  Provider,
  ProviderId,
  ProviderOptions,
  RemoteAsset,
  Source,
  UploadOptions,
  UploadTask,
  Verdict,
  Violation,
} from './types.js';

export {
  type Backend,
  type BackendAsset,
  type BackendContext,
  type BackendFile,
  type BackendLimits,
  type CustomProvider,
  defineProvider,
  type FormBackend,
  type Given,
  type Moment,
  type PutBackend,
  presignedPut,
  type SignedForm,
  type SignedPut,
  type Submission,
} from './backend.js';
export {
  type ErrorFacts,
  type ErrorMessages,
  explain,
  type Messages,
  type RuleMessages,
  type Told,
  UploadError,
} from './error.js';
export { type Found, filesFrom, type Sources } from './files.js';
export { type SetupCode, SetupError, type WasmName } from './setup-error.js';
export type * from './types.js';
export { Uploader } from './uploader.js';

/**
 * Loads the core and starts its worker. Every other function does so by itself when it is first called;
 * call this to do it earlier or from other places. A second call waits for the first; a failed one may be repeated.
 * @throws {SetupError} where the core cannot start, with what to change
 */
export async function init(options: InitOptions = {}): Promise<void> {
  await connected(options);
}

/**
 * Uploads a file and gives what the provider made of it: `await` the task, iterate over it, pause it, abort it.
 *
 * The file is recognised by its content, checked against the provider's limits and hashed; a file that breaks a limit
 * is refused before anything is sent. Failed requests are repeated where that is safe.
 *
 * A URL is not looked at: the provider fetches it. Those that take no URLs refuse it, as `rejected`.
 *
 * It rejects with an `UploadError` that has a stable `code`, or with the signal's reason when that has aborted; with a
 * `TypeError` where `source` is none of these, the provider is unknown, or one of its options is missing or no such value.
 */
export function upload(source: Blob, options: UploadOptions): UploadTask;
/**
 * Gives the provider an address, which it fetches; or what may be either. Nothing of an address is read here, so its
 * asset has no `media` and no `sha256`.
 *
 * It rejects as above.
 */
export function upload(source: Source, options: UploadOptions): UploadTask<RemoteAsset>;
export function upload(source: Source, options: UploadOptions): UploadTask<RemoteAsset> {
  const task = new Task<RemoteAsset>(source, options ?? {});
  task.start();
  return task;
}

/** How many assets `deleteAsset` has deleted: lists that are being read have moved so far. */
let deleted = 0;

/**
 * Lists the assets of the account, page by page as they are asked for. Each asset comes once, even if assets are deleted
 * or added meanwhile: `for await (const { id } of listAssets(options)) await deleteAsset(id, options)` deletes all.
 * @throws {UploadError} as `upload` does
 * @throws {TypeError} if the provider has no list
 */
export async function* listAssets(options: ListOptions): AsyncGenerator<ListedAsset, void, undefined> {
  const { pageSize } = options;
  const read = (page: number) =>
    perform<{ assets: Dated<ListedAsset>[]; total: number }>(
      describe('list', options, { page, pageSize }),
      undefined,
      line(options),
    );
  const { everyAsset } = await loaded(import('./pages.js'));
  for await (const asset of everyAsset(read, () => deleted)) yield dated(asset);
}

/**
 * Deletes an asset, by its `id`.
 * @throws {UploadError} as `upload` does
 * @throws {TypeError} if the provider cannot delete assets
 */
export async function deleteAsset(id: string, options: CallOptions): Promise<void> {
  await perform(describe('remove', options, { id }), undefined, line(options));
  deleted += 1;
}

/**
 * Checks a file against the limits of every provider, from one look at it. Nothing is sent.
 * @param options those of the providers that change their limits, for example `{ limit: 'dashboard' }` for WorldRouter
 * @throws {UploadError} `unreadable_file`
 */
export async function check(source: Blob, options?: LocalOptions & ProviderOptions): Promise<Verdict[]> {
  return await look('check', source, options);
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
  return await request<Violation[]>({ method: 'checkTogether', call: JSON.stringify(options), kinds });
}

/**
 * Says what a file is, from a few small ranges of it. Nothing is sent.
 * @throws {UploadError} `unrecognised_file`, `unreadable_file`, or `rejected` for an empty file
 */
export async function probe(source: Blob, options?: LocalOptions): Promise<Media> {
  return await look('probe', source, options);
}

/**
 * The SHA-256 of a file, 64 hexadecimal digits, read as a stream and off the main thread.
 * @throws {UploadError} `unreadable_file`
 */
export async function sha256(source: Blob, options?: LocalOptions): Promise<string> {
  return await look('sha256', source, options);
}

/** The providers and what each takes, as data: to show before a file is picked. It takes neither the core nor a worker. */
export async function providers(): Promise<Provider[]> {
  const { default: all } = await loaded(import('./providers.js'));
  return structuredClone(all) as Provider[];
}

function line(options: CallOptions): Line {
  return { ...options, onAsk: answering(options, options.signal) };
}

async function look<T>(method: string, source: Blob, { signal, messages, ...options }: LocalOptions = {}): Promise<T> {
  if (!isBlob(source)) throw new TypeError(`${method}() takes a File or a Blob`);
  return await perform(JSON.stringify({ method, options }), source, { signal, messages });
}
