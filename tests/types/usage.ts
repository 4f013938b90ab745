// The public types as a TypeScript program uses them: every export once, and what must not compile. It is never run.

import {
  type AnyProviderId,
  type Asset,
  type AssetOf,
  type Backend,
  type BackendAsset,
  type BackendContext,
  type BackendFile,
  type BackendLimits,
  type BuiltInOptions,
  type CallbackResult,
  type CallOptions,
  type Checksum,
  type CustomOptions,
  type CustomProvider,
  check,
  checkRequest,
  close,
  type DateLike,
  type DroppedFiles,
  defineProvider,
  deleteAsset,
  explain,
  type FileSources,
  type FormBackend,
  filesFrom,
  type InitOptions,
  init,
  type Kind,
  type Limits,
  type ListedAsset,
  type ListOptions,
  type LocalOptions,
  listAssets,
  type Media,
  type ModelHunterOptions,
  type OptionValues,
  type Progress,
  type Provider,
  type ProviderId,
  type ProviderOption,
  type ProviderOptions,
  type PutBackend,
  presignedPut,
  probe,
  providers,
  type QueueResult,
  type QueueSettings,
  type RemoteAsset,
  type Restrictions,
  type Retry,
  type SetupCode,
  SetupError,
  type SignedForm,
  type SignedPut,
  type Source,
  type Stage,
  type SubmitResult,
  sha256,
  type Token,
  type TotalProgress,
  type UnhashedAsset,
  type UploadError,
  type UploadEvent,
  Uploader,
  type UploaderEvents,
  type UploaderOptions,
  type UploadOptions,
  type UploadOverrides,
  type UploadSettings,
  type UploadTask,
  upload,
  type Verdict,
  type Violation,
  type WasmName,
  type WasmSource,
  type WithoutProvider,
} from 'mediaferry';
import { stageText, statusText } from './errors.js';
import { never, same } from './same.js';

declare const file: File;
declare const source: Source;
declare const signal: AbortSignal;

export async function functions(): Promise<void> {
  const wasm: WasmSource = new Uint8Array(8);
  const startUp: InitOptions = { wasm, worker: false };
  await init(startUp);
  same<typeof import('mediaferry/slim'), typeof import('mediaferry')>(true);
  same<typeof import('mediaferry/inline'), typeof import('mediaferry')>(true);
  await init();
  same<ReturnType<typeof close>, Promise<void>>(true);
  await close();

  const media = await probe(file, { signal });
  same<typeof media, Media>(true);
  same<typeof media.kind, Kind>(true);
  same<typeof media.width, number | undefined>(true);
  same<typeof media.estimated, 'duration'[]>(true);
  same<Awaited<ReturnType<typeof sha256>>, string>(true);

  const verdicts: Verdict[] = await check(file);
  same<Verdict['accepted'], boolean>(true);
  const combined: Violation[] = await checkRequest([media, { kind: 'video' }], { provider: 'relaydance' });
  const sentences: string[] = [...combined, ...verdicts.flatMap(({ warnings }) => warnings)].map((one) => explain(one));
  sentences.push(explain({ error: 'network' }, { outcomeUnknown: '…' }));

  const known: Provider[] = await providers();
  const limits: Limits | undefined = known[0]?.accepts[0];
  same<NonNullable<typeof limits>['maxBytes'], number | undefined>(true);
  const [option] = known.flatMap(({ options }) => options);
  same<NonNullable<typeof option>, ProviderOption>(true);
  same<ProviderOption['values'], string[]>(true);

  const list: ListOptions = { provider: 'onerouter', pageSize: 10 };
  for await (const asset of listAssets(list)) {
    same<typeof asset, ListedAsset>(true);
    same<typeof asset.ref, string | undefined>(true);
    if (asset.id) await deleteAsset(asset.id, { provider: 'onerouter', gateway: new URL('https://gateway.example') });
  }

  // @ts-expect-error: there is no such provider
  await deleteAsset('id', { provider: 'onerooter' });
  // @ts-expect-error: a provider must be named
  await deleteAsset('id', {});
  // @ts-expect-error: a URL cannot be probed
  await probe('https://example.com/cat.jpg');
  // @ts-expect-error: a function that sends nothing has no provider
  await sha256(file, { provider: 'onerouter' });
  // @ts-expect-error: there is no such kind
  await checkRequest([{ kind: 'text' }], { provider: 'relaydance' });
  // @ts-expect-error: a list is iterated over, not awaited
  same<Awaited<ReturnType<typeof listAssets>>, ListedAsset[]>(true);
}

export function setUp(error: unknown): string {
  if (!(error instanceof SetupError)) return '';
  same<typeof error.code, SetupCode>(true);
  same<
    SetupCode,
    | 'wasm_blocked'
    | 'wasm_missing'
    | 'wasm_invalid'
    | 'script_blocked'
    | 'script_missing'
    | 'opaque_origin'
    | 'unsupported'
  >(true);
  same<WasmName, 'core' | 'parts' | 'formats' | 'fix'>(true);
  return error.hint;
}

// The options that the documentation describes are those of the providers' profiles, with the same values.
same<Required<ProviderOptions>, { [Name in keyof OptionValues]: OptionValues[Name] }>(true);
same<Extract<UploadOverrides, WithoutProvider>, UploadSettings & ProviderOptions & WithoutProvider>(true);

export async function backends(token: Token): Promise<void> {
  const common: Backend & { rules: BackendLimits[] } = { rules: [{ mimes: ['image/*'], maxBytes: 1 }] };
  const expiresAt: DateLike = new Date();
  const put: PutBackend = {
    ...common,
    sign: (file, { attempt }) => {
      same<typeof file, BackendFile>(true);
      same<typeof attempt, number>(true);
      return { url: 'https://bucket.example/a', headers: { 'x-acl': 'private' }, expiresAt, key: file.sha256 };
    },
    confirm: async (_, ticket, { signal }: BackendContext) => {
      same<typeof ticket, SignedPut>(true);
      return await fetch(ticket.url, { signal });
    },
    status: (id): CallbackResult<SubmitResult> => (id ? { pending: id } : { failed: 'why' }),
    fragment: (ref, kind) => ({ [kind satisfies Kind]: ref }),
  };
  const form: FormBackend = {
    form: (): SignedForm => ({ url: 'https://my.example/files', field: 'file', fields: { album: '7' } }),
    read: (response): BackendAsset => ({ url: String(response), bytes: null }),
  };
  const provider: CustomProvider = defineProvider(form);
  same<typeof provider.id, string>(true);
  const asset = await upload(file, { provider: presignedPut(put), headers: { 'x-tenant': '7' }, token });
  same<typeof asset.provider, AnyProviderId>(true);
  await upload(file, { provider, token: async (why, { signal }) => (signal.aborted ? why : '') });

  // @ts-expect-error: a form backend does not sign a PUT
  presignedPut(form);
  // @ts-expect-error: either `sign` or `form` is required
  defineProvider({ id: 'mine' });
  // @ts-expect-error: a custom provider cannot list assets
  listAssets({ provider });
}

export async function uploads(): Promise<void> {
  const options: ModelHunterOptions = {
    provider: 'modelhunter',
    gateway: '/gateway/',
    signal,
    onProgress: ({ fraction, sentBytes, totalBytes, bytesPerSecond, secondsLeft }) => {
      same<typeof fraction | typeof sentBytes | typeof totalBytes, number>(true);
      same<typeof bytesPerSecond | typeof secondsLeft, number | undefined>(true);
    },
    onStage: (stage) => same<typeof stage, Stage>(true),
    onInspected: (media) => same<typeof media, Media>(true),
    onWarnings: (warnings) => same<typeof warnings, Violation[]>(true),
    onRetry: (retry) => same<typeof retry, Retry>(true),
  };
  const local: LocalOptions & Omit<CallOptions, 'provider'> = options;
  same<typeof local.token, Token | undefined>(true);
  same<UploadOptions['provider'], ProviderId | CustomProvider>(true);
  same<UploadOptions, BuiltInOptions | CustomOptions>(true);
  same<CallOptions['provider'], ProviderId>(true);

  const asset = await upload(file, { provider: 'modelhunter', signal });
  same<typeof asset, Asset>(true);
  same<typeof asset.sha256, string>(true);
  same<typeof asset.expiresAt, Date | undefined>(true);

  const fetched = await upload('https://example.com/cat.jpg', { provider: 'apiframe', type: 'image' });
  same<typeof fetched, RemoteAsset>(true);
  await upload(new URL('https://example.com/video.mp4'), { provider: 'onerouter', model: 'a/b', route: 'url' });
  await upload(file, { provider: 'relaydance', role: 'first_frame' });
  await upload(file, { provider: 'worldrouter', limit: 'dashboard' });
  same<Awaited<ReturnType<typeof either>>, RemoteAsset>(true);
  const unhashed = await upload(file, { provider: 'modelhunter', checksum: 'skip' });
  same<typeof unhashed, UnhashedAsset>(true);
  same<typeof unhashed.sha256, string | undefined>(true);
  const hashed = await upload(file, { provider: 'modelhunter', checksum: 'sha256' });
  same<typeof hashed, Asset>(true);
  // Options from elsewhere may contain any value.
  const any = await upload(file, options);
  same<typeof any, UnhashedAsset>(true);
  same<AssetOf<File>, Asset>(true);
  same<AssetOf<URL, Checksum>, RemoteAsset>(true);

  // @ts-expect-error: the content of a URL is not read, so its asset has no hash
  fetched.sha256;
  // @ts-expect-error: there is no such provider
  upload(file, { provider: 'modelhunters' });
  // @ts-expect-error: there is no such option
  upload(file, { provider: 'modelhunter', onProgres: () => {} });
  // @ts-expect-error: a route has another name
  upload(file, { provider: 'onerouter', model: 'a/b', route: 'put' });
  // @ts-expect-error: OneRouter requires a model
  upload(file, { provider: 'onerouter' });
  // @ts-expect-error: no other provider has a model
  upload(file, { provider: 'modelhunter', model: 'a/b' });
  // @ts-expect-error: only WorldRouter has this limit
  upload(file, { provider: 'apiframe', limit: 'api' });
  // @ts-expect-error: a custom provider has no options
  upload(file, { provider: presignedPut({ sign: () => ({ url: '' }) }), role: 'first_frame' });
  // @ts-expect-error: which of them requires a model is not known
  upload(file, { provider: 'modelhunter' as ProviderId });
  upload(file, { provider: 'modelhunter' as 'modelhunter' | 'relaydance' });
  await check(file, { limit: 'dashboard', model: 'a/b' });
  // @ts-expect-error: no options, no provider
  upload(file);
  // @ts-expect-error: bytes must be in a Blob
  upload(new Uint8Array(8), options);
  // @ts-expect-error: the status is read-only
  upload(file, options).status = 'paused';
}

/** A function of the page that accepts files and URLs. */
async function either() {
  return await upload(source, { provider: 'onerouter', model: 'a/b' });
}

export async function tasks(): Promise<void> {
  const task = upload(file, { provider: 'modelhunter' });
  same<typeof task, UploadTask>(true);
  same<typeof task, UploadTask<Asset>>(true);
  same<typeof task.media, Media | undefined>(true);
  same<typeof task.stage, Stage | undefined>(true);
  same<typeof task.result, Promise<Asset>>(true);
  const progress: Progress = task.progress;
  task.pause();
  task.resume();
  task.retry();
  task.abort();
  task.abort(new Error(`${task.id} at ${progress.fraction}`));
  task.then(({ sha256 }) => sha256).catch((error: unknown) => error);
  const recovered = task.catch(() => 'nothing').finally(() => {});
  same<typeof recovered, Promise<Asset | string>>(true);
  const anything: UploadTask<RemoteAsset> = task;

  for await (const event of anything) {
    same<typeof event, UploadEvent<RemoteAsset>>(true);
    switch (event.type) {
      case 'status':
        statusText(event.status);
        break;
      case 'stage':
        stageText(event.stage);
        break;
      case 'inspected':
        same<typeof event.media, Media>(true);
        break;
      case 'warnings':
        same<typeof event.warnings, Violation[]>(true);
        break;
      case 'progress':
        same<typeof event.progress, Progress>(true);
        break;
      case 'retry':
        same<typeof event.retry.delayMillis, number>(true);
        break;
      case 'restarted':
        break;
      case 'success':
        same<typeof event.asset, RemoteAsset>(true);
        break;
      default:
        never(event);
    }
  }
  // @ts-expect-error: the asset of a URL lacks properties of `Asset`
  const wrong: UploadTask<Asset> = anything;
  return wrong.then(() => {});
}

export async function queues(picked: FileList, dropped: DragEvent, pasted: ClipboardEvent): Promise<void> {
  const restrictions: Restrictions = {
    minFileSize: 1,
    maxFileSize: 50_000_000,
    maxTotalFileSize: 1e9,
    minNumberOfFiles: 1,
    maxNumberOfFiles: 100,
    allowedFileTypes: ['image/*', '.mov'] as const,
  };
  const options: UploaderOptions = { provider: 'modelhunter', concurrency: 2, autoProceed: false, restrictions };
  const uploader = new Uploader(options);
  const stop: () => void = uploader.on('file-added', (task) => same<typeof task, UploadTask<RemoteAsset>>(true));
  stop();
  uploader.on('file-removed', ({ id }) => same<typeof id, string>(true), { once: true });
  uploader.on('restriction-failed', (source, violations) => {
    same<typeof source, Source>(true);
    same<typeof violations, Violation[]>(true);
  });
  uploader.on('upload-start', (task) => task.pause(), { signal });
  uploader.on('upload-progress', (_task, progress) => same<typeof progress, Progress>(true));
  uploader.on('upload-retry', (_task, retry) => same<typeof retry, Retry>(true));
  uploader.on('upload-success', (_task, asset) => same<typeof asset, RemoteAsset>(true));
  uploader.on('upload-error', (_task, error) => same<typeof error, unknown>(true));
  uploader.on('progress', (progress) => same<typeof progress, TotalProgress>(true));
  uploader.on('complete', (result) => same<typeof result, QueueResult>(true));
  const names: Record<keyof UploaderEvents, true> = {
    'file-added': true,
    'file-removed': true,
    'restriction-failed': true,
    'upload-start': true,
    'upload-progress': true,
    'upload-retry': true,
    'upload-success': true,
    'upload-error': true,
    'upload-event': true,
    'resume-unavailable': true,
    progress: true,
    complete: true,
  };

  same<UploaderOptions['restrictions'], QueueSettings['restrictions']>(true);
  const bare = new Uploader({ concurrency: 1, checksum: 'skip' });
  bare.add(file, { provider: 'apiframe', type: 'image' });
  const overrides: UploadOverrides = { model: 'a/b', route: 'form' };
  new Uploader({ provider: 'onerouter', model: 'a/b' }).add(file, overrides);
  // @ts-expect-error: OneRouter requires a model
  new Uploader({ provider: 'onerouter' });
  // @ts-expect-error: no other provider has a model
  new Uploader({ provider: 'modelhunter', model: 'a/b' });
  // @ts-expect-error: another provider needs its own options
  uploader.add(file, { provider: 'onerouter' });
  // @ts-expect-error: only OneRouter has a route
  uploader.add(file, { provider: 'worldrouter', route: 'url' });

  const task: UploadTask = uploader.add(file, { provider: 'onerouter', model: 'a/b' });
  const fetched = uploader.add('https://example.com/cat.jpg');
  same<typeof fetched, UploadTask<RemoteAsset>>(true);
  uploader.add(source);
  const all: FileSources[] = [picked, null, dropped, pasted, [file, 'https://example.com/'], new DataTransfer()];
  for (const some of all) await uploader.addAll(some, { signal });
  const found: DroppedFiles = await filesFrom(dropped);
  const { files, errors } = found;
  same<typeof files, Source[]>(true);
  same<typeof errors, unknown[]>(true);
  uploader.remove(fetched);
  uploader.remove(task);
  for (const { status } of uploader.tasks) statusText(status);
  const { successful, failed } = await uploader.start();
  same<typeof successful, RemoteAsset[]>(true);
  same<typeof failed, unknown[]>(true);
  same<typeof uploader.progress.succeeded, number>(true);
  uploader.pauseAll();
  uploader.resumeAll();
  uploader.retryAll();
  uploader.cancelAll(new Error('enough'));
  await uploader[Symbol.asyncDispose]();
  Object.keys(names);

  // @ts-expect-error: there is no such event
  uploader.on('upload-sucess', () => {});
  // @ts-expect-error: this event has no error
  uploader.on('upload-success', (_task, error: UploadError) => error.code);
  // @ts-expect-error: there is no such restriction
  new Uploader({ provider: 'modelhunter', restrictions: { maxSize: 1 } });
  new Uploader({ concurrency: 2 }).add(file, { provider: 'modelhunter' });
  // @ts-expect-error: only the queue dispatches its events
  uploader.emit('complete', { successful: [], failed: [] });
  // @ts-expect-error: uploads are added by `add`
  uploader.tasks.push(task);
}
