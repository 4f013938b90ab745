// mediaferry: carries a media file from a browser into a generative-media API.

import { type Connection, connect } from './connection.js';
import type { CoreEvent } from './protocol.js';
import type { Asset, InitOptions, Media, Progress, Provider, Retry, Stage, UploadOptions } from './types.js';

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
 * @throws {UploadError} with a stable `code`
 * @throws the signal's reason, when it has aborted
 */
export async function upload(source: Blob, options: UploadOptions): Promise<Asset> {
  mustBeBlob(source, 'upload');
  const gateway = new URL(options.gateway ?? '/', globalThis.location?.href).href;
  const core = await connected();
  const call = { method: 'upload', source, provider: options.provider, gateway } as const;
  const { expiresAtMillis, ...asset } = await core.call<Asset & { expiresAtMillis?: number }>(
    call,
    options.signal,
    (event) => tell(options, event),
  );
  return expiresAtMillis === undefined ? asset : { ...asset, expiresAt: new Date(expiresAtMillis) };
}

/**
 * Says what a file is, from a few small ranges of it. Nothing is sent.
 * @throws {UploadError} `unrecognised_file`, `unreadable_file`, or `rejected` for an empty file
 */
export async function probe(source: Blob): Promise<Media> {
  mustBeBlob(source, 'probe');
  return await (await connected()).call<Media>({ method: 'probe', source });
}

/**
 * The SHA-256 of a file, 64 hexadecimal digits, read as a stream and off the main thread.
 * @throws {UploadError} `unreadable_file`
 */
export async function sha256(source: Blob): Promise<string> {
  mustBeBlob(source, 'sha256');
  return await (await connected()).call<string>({ method: 'sha256', source });
}

/** The providers and what each takes, as data: to show before a file is picked. */
export async function providers(): Promise<Provider[]> {
  return await (await connected()).call<Provider[]>({ method: 'providers' });
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

function tell(options: UploadOptions, { type, ...event }: CoreEvent): void {
  if (type === 'stage') options.onStage?.((event as { stage: Stage }).stage);
  else if (type === 'inspected') options.onInspected?.((event as { media: Media }).media);
  else if (type === 'progress') options.onProgress?.(event as Progress);
  else options.onRetry?.(event as Retry);
}
