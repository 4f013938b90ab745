// The entry point: functions that upload, check and manage media files.

import { assertOptions } from './api/assert-options.js';
import { importOrThrow } from './api/errors.js';
import { isBlob } from './api/realm.js';
import type {
  AssetOf,
  CallOptions,
  Checksum,
  Fixed,
  FixOptions,
  InitOptions,
  ListedAsset,
  ListOptions,
  LocalOptions,
  Media,
  Plan,
  Provider,
  ProviderId,
  ProviderOptions,
  Source,
  UploadOptions,
  UploadTask,
  Verdict,
  Violation,
} from './api/types.js';
import { withSignal } from './api/waiting.js';
import type { Fixer } from './fix/fixer.js';
import type { Method } from './generated/core.js';
import { toHex } from './runtime/hex.js';
import { loadClient } from './runtime/load-client.js';
import { digest } from './runtime/web-crypto.js';
import { UploadTaskImpl } from './upload/upload-task.js';

export type { ErrorFacts } from './api/error-facts.js';
export { explain, type SetupCode, SetupError, UploadError, type WasmName } from './api/errors.js';
export type { ErrorMessages, Locale, Message, MessageContext, Messages, RuleMessages } from './api/message-types.js';
export { ResumeError } from './api/resume-error.js';

export type * from './api/types.js';
export {
  type Backend,
  type BackendAsset,
  type BackendContext,
  type BackendFile,
  type BackendLimits,
  type BackendSettings,
  type CallbackResult,
  type CompletedUpload,
  type CustomProvider,
  type DateLike,
  defineProvider,
  type FormBackend,
  type HashedPart,
  type ListedPart,
  type MultipartUpload,
  type PartsBackend,
  type PutBackend,
  presignedParts,
  presignedPut,
  type SignedForm,
  type SignedPart,
  type SignedPut,
  type SubmitResult,
} from './custom-provider/define.js';
export { type DroppedFiles, type FileSources, filesFrom } from './queue/dropped-files.js';
export { Uploader } from './queue/uploader.js';
export { close } from './runtime/load-client.js';

/**
 * Loads the core and starts its worker. All other functions do this on their first call; call `init` to do it earlier, or
 * to load the files from another URL. A second call waits for the first. A call that failed can be repeated.
 * @throws {SetupError} if the core cannot start
 * @example
 * ```ts
 * await init({ wasm: '/assets/core.wasm', worker: '/assets/worker.js' });
 * ```
 */
export async function init(options?: InitOptions): Promise<void> {
  const client = await loadClient('core', options);
  await client.init(options ?? {});
}

/**
 * Uploads a file. Await the returned task for the asset, iterate over it for its events, or pause, resume and abort it.
 *
 * The file is identified by its content, checked against the provider's limits and hashed. A file that violates a limit is
 * rejected before anything is sent. Failed requests are retried if that is safe.
 *
 * A provider that accepts URLs fetches the content itself. It is not read here, so the asset of a URL has no `media` and no
 * `sha256`. Another provider rejects a URL with the code `rejected`.
 *
 * The task rejects with an `UploadError`, which has a stable `code`, or, if the upload was aborted, with the signal's
 * reason. It rejects with a `TypeError` if `source` is not a `Blob` or a URL, the provider is unknown, or an option is
 * missing, invalid or not one of the provider's.
 *
 * @example
 * ```ts
 * const { ref } = await upload(file, { provider: 'modelhunter' });
 * ```
 * @example Progress
 * ```ts
 * for await (const event of upload(file, { provider: 'modelhunter' })) {
 *   if (event.type === 'progress') console.log(event.progress.fraction);
 *   if (event.type === 'success') console.log(event.asset.ref);
 * }
 * ```
 * @example URL
 * ```ts
 * const { ref } = await upload('https://example.com/cat.jpg', { provider: 'apiframe' });
 * ```
 */
export function upload<S extends Source, C extends Checksum = 'sha256'>(
  source: S,
  options: UploadOptions & { checksum?: C },
): UploadTask<AssetOf<S, C>> {
  const task = new UploadTaskImpl<AssetOf<S, C>>(source, options ?? {});
  task.start();
  return task;
}

/** The number of assets that `deleteAsset` has deleted. The pages of lists that are being read have shifted by as many. */
let deleted = 0;

/**
 * Lists the assets of the account. Pages are requested as they are needed. Each asset is yielded once, even if assets are
 * deleted or added meanwhile.
 * @throws {UploadError} as `upload` does
 * @throws {TypeError} if the provider cannot list assets
 * @example Delete all assets
 * ```ts
 * const options = { provider: 'onerouter' } as const;
 * for await (const { id } of listAssets(options)) if (id) await deleteAsset(id, options);
 * ```
 */
export async function* listAssets(options: ListOptions): AsyncGenerator<ListedAsset, void, undefined> {
  assertOptions(options, 'listAssets()');
  const client = await loadClient();
  const { everyAsset } = await importOrThrow(import('./api/list-pages.js'));
  const read = (page: number) => client.list(options, page);
  yield* everyAsset(read, () => deleted);
}

/**
 * Deletes an asset by its `id`.
 * @throws {UploadError} as `upload` does
 * @throws {TypeError} if the provider cannot delete assets
 * @example
 * ```ts
 * await deleteAsset(id, { provider: 'onerouter' });
 * ```
 */
export async function deleteAsset(id: string, options: CallOptions): Promise<void> {
  assertOptions(options, 'deleteAsset()');
  await (await loadClient()).deleteAsset(id, options);
  deleted += 1;
}

/**
 * Checks a file against the limits of every provider. The file is read once, and nothing is sent.
 * @param options options of providers whose limits depend on them, for example `{ limit: 'dashboard' }` for WorldRouter
 * @throws {UploadError} `unreadable_file`
 * @example
 * ```ts
 * const verdicts = await check(file);
 * const accepting = verdicts.filter(({ accepted }) => accepted).map(({ provider }) => provider);
 * ```
 */
export async function check(source: Blob, options?: LocalOptions & ProviderOptions): Promise<Verdict[]> {
  assertBlob(source, 'check');
  return await (await loadClient()).callLocal('check', source, options);
}

/**
 * Returns the limits of one generation request that these files exceed together, for example RelayDance's 9 images.
 * @param media the results of `probe`, or the `media` of assets
 * @example
 * ```ts
 * const media = await Promise.all(files.map((file) => probe(file)));
 * const violations = await checkRequest(media, { provider: 'relaydance' });
 * ```
 */
export async function checkRequest(
  media: Iterable<Pick<Media, 'kind'>>,
  options: { provider: ProviderId },
): Promise<Violation[]> {
  assertOptions(options, 'checkRequest()');
  const kinds = Array.from(media, ({ kind }) => kind);
  return await (await loadClient()).checkRequest(kinds, options);
}

/**
 * Identifies a file by its content. Only a few small ranges of the file are read, and nothing is sent.
 * @throws {UploadError} `unrecognised_file`, `unreadable_file`, or `rejected` for an empty file
 * @example
 * ```ts
 * const { format, width, height, duration } = await probe(file);
 * ```
 */
export async function probe(source: Blob, options?: LocalOptions): Promise<Media> {
  assertBlob(source, 'probe');
  return await (await loadClient()).callLocal('probe', source, options);
}

/**
 * Returns how a file can be made to fit a provider's limits: the steps, what each loses, and what is missing. Nothing is
 * changed and nothing is sent. Lossless steps come before lossy ones, and a file that is fine has no steps.
 * @throws {UploadError} `unreadable_file`
 * @throws {TypeError} if `source` is not a `Blob`, or the provider is unknown
 * @example
 * ```ts
 * const { accepted, steps, impossible } = await plan(file, { provider: 'modelhunter' });
 * if (!accepted && !impossible) console.log(steps.map(({ kind, to }) => `${kind}: ${to.format}`));
 * ```
 */
export async function plan(source: Blob, options: FixOptions): Promise<Plan> {
  assertOptions(options, 'plan()');
  return await (await fixer()).plan(source, options);
}

/**
 * Makes a file fit a provider's limits, and touches nothing else: a file that is fine is returned as it is. The result has
 * been checked against the same limits.
 * @param options options, or a plan that `plan` returned for the same file
 * @throws {UploadError} `rejected`, with the violations of the source, if it cannot be fixed, a step failed or took too long
 * (then `cause` is the reason), or `confirm` returned `false`; `unreadable_file`
 * @throws {TypeError} as `plan` does, or if the plan is for another file
 * @example
 * ```ts
 * const { file: fixed, report } = await fix(file, { provider: 'modelhunter', privacy: 'strip-location' });
 * console.log(fixed.name, report.steps);
 * ```
 */
export async function fix(source: Blob, options: Plan | FixOptions): Promise<Fixed> {
  assertOptions(options, 'fix()');
  return await (await fixer()).fix(source, options);
}

/**
 * Returns the SHA-256 of a file as 64 hexadecimal digits. A file of up to 32 MiB is hashed by WebCrypto, a larger one by the
 * worker, which reads it as a stream.
 * @throws {UploadError} `unreadable_file`
 * @example
 * ```ts
 * const digest = await sha256(file);
 * ```
 */
export async function sha256(source: Blob, options: LocalOptions = {}): Promise<string> {
  assertBlob(source, 'sha256');
  const bytes = await withSignal(options.signal, digest(source));
  if (bytes) return toHex(bytes);
  return await (await loadClient()).callLocal('sha256', source, options);
}

/**
 * Returns the providers with their limits and options, for example to show them before a file is picked. Does not load the
 * core.
 * @example
 * ```ts
 * for (const { id, name } of await providers()) select.append(new Option(name, id));
 * ```
 */
export async function providers(): Promise<Provider[]> {
  const { default: all } = await importOrThrow(import('./api/providers.js'));
  return structuredClone(all) as Provider[];
}

async function fixer(): Promise<Fixer> {
  return await (await loadClient()).fixer();
}

function assertBlob(source: unknown, method: Method): void {
  if (!isBlob(source)) throw new TypeError(`${method}() expects a File or a Blob`);
}
