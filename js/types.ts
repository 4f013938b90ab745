// The public shapes of an upload; the unions that enumerate Rust's facts are emitted from Rust.

import type { CustomProvider } from './backend.js';
import type { Messages } from './error.js';
import type { ErrorCode, Kind, ProviderId, Rule, Stage } from './generated/core.js';
import type { Restrictions } from './queue-types.js';

export type * from './provider-types.js';
export type * from './queue-types.js';
export type { ErrorCode, Kind, ProviderId, Rule, Stage };

/** What a file is, by its content. A missing fact is one that the file does not tell or does not have. */
export interface Media {
  /** The file's name, `''` for a bare Blob. */
  name: string;
  /** What the browser calls it (`File.type`), `''` where it says nothing. */
  declaredType: string;
  /** Whether the name's extension or the declared type says something else than the content. */
  mismatch: boolean;
  /** Size in bytes. */
  bytes: number;
  /** The MIME type by content: what is signed and sent. */
  mime: string;
  /** The format's name for people, for example `'JPEG'`. */
  format: string;
  /** The usual extension of this format, without a dot. */
  extension: string;
  /** Image, video or audio. */
  kind: Kind;
  /** Pixels as displayed, after orientation or rotation. */
  width?: number;
  /** Pixels as displayed, after orientation or rotation. */
  height?: number;
  /** Pixels as stored. */
  storedWidth?: number;
  /** Pixels as stored. */
  storedHeight?: number;
  /** EXIF orientation, 1 to 8. */
  orientation?: number;
  /** Whether there is more than one picture. */
  animated?: boolean;
  /** Running time in seconds. */
  duration?: number;
  /** Whether there is a track of pictures. */
  hasVideo?: boolean;
  /** Whether there is a track of sound. */
  hasAudio?: boolean;
  /** Codecs in the order of the tracks, by their usual names. */
  codecs: string[];
  /** `false` where the file ends before its own structure says it does. */
  complete?: boolean;
  /** The facts above that are estimates and not read from the file. */
  estimated: 'duration'[];
}

/** One limit that a file breaks; as an advice, one that need not be kept. */
export interface Violation {
  /** The provider's limit (`max_bytes`), or the queue's (`maxFileSize`). */
  rule: Rule | keyof Restrictions;
  /** What there is: bytes, pixels, seconds, a ratio, or what the content looks like; `null` where nothing is known. */
  actual: number | string | null;
  /** What the provider takes: a number in the same unit, or names. */
  limit: number | string[] | null;
}

/** What one provider says to a file. */
export interface Verdict {
  /** Whose verdict it is. */
  provider: ProviderId;
  /** `'advice'`: it takes the file, but see `advice`. */
  takes: 'yes' | 'advice' | 'no';
  /** Every limit that the file breaks. */
  violations: Violation[];
  /** What the provider would rather have otherwise, and what could not be checked. */
  advice: Violation[];
}

/** How far an upload is. */
export interface Progress {
  /** 0 to 1 over all stages. It never goes back, and is 1 only after the provider has answered. */
  fraction: number;
  /** Bytes of the file that have left in the current try. */
  sentBytes: number;
  /** Bytes of the file. */
  totalBytes: number;
  /** A moving average, once something has moved. */
  bytesPerSecond?: number;
  /** Seconds until all bytes have left, at that rate. */
  secondsLeft?: number;
}

/** Something failed and will be tried again. */
export interface Retry {
  /** What failed. */
  error: ErrorCode;
  /** How many tries have failed in this stage. */
  attempt: number;
  /** How long until the next try, in milliseconds; less if the browser comes online or the page becomes visible. */
  delayMillis: number;
  /** How long retrying will continue if nothing moves, in milliseconds. */
  remainingMillis: number;
}

/** An asset that a provider has. */
export interface RemoteAsset {
  /** The string to paste into a generation request: the `asset://` URI where the provider gives one, else the URL. */
  ref: string;
  /** Where the bytes can be fetched, where the provider says so. */
  url?: string;
  /** The `asset://` URI, where the provider gives one. */
  uri?: string;
  /** The provider's id for it. */
  id?: string;
  /** Whose asset it is. */
  provider: AnyProviderId;
  /**
   * The part of a generation request that refers to the asset, as the provider's documentation shows it:
   * `{ image_urls: ['asset://…'] }`. The bare `ref` where it shows none for this kind of media.
   */
  requestFragment: unknown;
  /** The provider's answer as it came. */
  raw: unknown;
  /** When the provider forgets the asset, where it says so. */
  expiresAt?: Date;
}

/** What a provider made of a file. */
export interface Asset extends RemoteAsset {
  /** What the file is. */
  media: Media;
  /** SHA-256 of the whole file, 64 hexadecimal digits. */
  sha256: string;
}

/** An asset in a provider's list. */
export interface ListedAsset extends Omit<RemoteAsset, 'ref' | 'requestFragment'> {
  /** The string to paste into a generation request; an asset that is not active may have none. */
  ref?: string;
  /** The provider's word for its state, for example `'active'`. */
  status: string;
}

/** Options of what stays in the browser. */
export interface LocalOptions {
  /** Cancels at any stage; the promise rejects with the signal's own reason. */
  signal?: AbortSignal;
  /**
   * The page's own words for errors.
   * @default English
   */
  messages?: Messages;
}

/** The id of a provider, be it one of mediaferry's or the page's own. */
export type AnyProviderId = ProviderId | (string & Record<never, never>);

/**
 * What the gateway is to know the page by. A function is called before the first request, and once more in an upload
 * after a 401; what it throws ends the upload.
 */
export type Token =
  | string
  | ((why: 'initial' | 'unauthorized', context: { signal: AbortSignal }) => string | Promise<string>);

/** Where a request goes. */
export interface CallOptions extends LocalOptions {
  /** Whose API it is for. */
  provider: ProviderId;
  /**
   * The gateway's address, absolute or relative to the page. It adds the provider's key.
   * @default '/', the page's own origin
   */
  gateway?: string | URL;
  /** Headers for the gateway, and for nobody else. It keeps them from the provider. */
  headers?: Record<string, string>;
  /** The same, as `Authorization: Bearer …`. */
  token?: Token;
  /**
   * How long to keep trying after a failure while nothing moves, in milliseconds. Waits that a server asks for
   * (`Retry-After`) and time without a connection do not count.
   * @default 120000
   */
  retryTimeout?: number;
}

/** What only some providers know; the others pass it over. */
export interface ProviderOptions {
  /** OneRouter: the id of the model that the asset is for. Required there. */
  model?: string;
  /**
   * OneRouter: how the file gets there: in a form, or by the gateway's staging and a URL.
   * @default 'auto', a URL above the 50 MB from which OneRouter advises one
   */
  route?: 'auto' | 'form' | 'url';
  /**
   * Apiframe: what stands at a URL.
   * @default what the URL's extension shows
   */
  type?: Kind;
  /**
   * RelayDance: the role of an image in `requestFragment`. Its page shows none for video and audio.
   * @default 'reference_image'
   */
  role?: string;
  /**
   * WorldRouter: whose limit counts, the API's 10 MiB or the dashboard's 4 MB.
   * @default 'api'
   */
  limit?: 'api' | 'dashboard';
}

/** What is uploaded: bytes, or an address that the provider fetches. */
export type Source = Blob | string | URL;

/**
 * How an upload is doing: it waits for its turn (`queued`), runs (`uploading`), stands still (`paused`), or is over
 * (`succeeded`, `failed`, `aborted`). `retry` leads back from the last two.
 */
export type Status = 'queued' | 'uploading' | 'paused' | 'succeeded' | 'failed' | 'aborted';

/** What happens in an upload, told apart by `type`. */
export type UploadEvent<A extends RemoteAsset = Asset> =
  /** It is doing something else now. */
  | { type: 'status'; status: Status }
  /** A stage begins. */
  | { type: 'stage'; stage: Stage }
  /** It is known what the file is; nothing has been sent. */
  | { type: 'inspected'; media: Media }
  /** The provider takes the file but advises something else, or a limit could not be checked. */
  | { type: 'advice'; advice: Violation[] }
  /** It has moved on. Who iterates slowly gets the last report only. */
  | { type: 'progress'; progress: Progress }
  /** Something failed and will be tried again. */
  | { type: 'retry'; retry: Retry }
  /** It is done. Nothing follows. */
  | { type: 'success'; asset: A };

/**
 * An upload that is under way. Await it for the asset, or iterate over it for what happens.
 *
 * An iteration ends with `success`, or throws what the promise rejects with. Leaving it early stops nothing.
 */
export interface UploadTask<A extends RemoteAsset = Asset> extends PromiseLike<A>, AsyncIterable<UploadEvent<A>> {
  /** Tells it from the page's other uploads, for example as a key in a list. */
  readonly id: string;
  /** What is uploaded. */
  readonly source: Source;
  /** How it is doing. */
  readonly status: Status;
  /** The stage that is running, or was when it ended; `undefined` before the first. */
  readonly stage: Stage | undefined;
  /** How far it is. */
  readonly progress: Progress;
  /** What the file is, once that is known. */
  readonly media: Media | undefined;
  /** The asset; after `retry`, that of the new try. */
  readonly result: Promise<A>;
  /**
   * Stops what is being sent until `resume`; a presigned PUT then starts again from its first byte. A form POST and
   * what creates an asset are not cut, for they may not be sent twice: `status` is `'paused'` after their answer.
   */
  pause(): void;
  /** Goes on after `pause`; nothing happens where there was none. */
  resume(): void;
  /**
   * Starts again after a failure or an abort; while it waits to try again, tries at once. `result` is a new promise
   * after that. An error's `retryable` says whether it may help.
   *
   * It creates no second asset: after an asset was created it continues to wait for it, and if the outcome of the last
   * request is unknown (`unclear`), it asks the gateway and sends nothing again unless that is certain not to have arrived.
   * @param options `force` sends it again even if the outcome stays unknown; the provider may then have two assets
   */
  retry(options?: { force?: boolean }): void;
  /**
   * Ends it at any stage; it rejects with the reason. What the provider has got by then, it may keep.
   * @param reason a `DOMException` named `AbortError` where none is given
   */
  abort(reason?: unknown): void;
  /** As a promise's. */
  then<T = A, F = never>(
    fulfilled?: ((asset: A) => T | PromiseLike<T>) | null,
    rejected?: ((reason: unknown) => F | PromiseLike<F>) | null,
  ): Promise<T | F>;
  /** As a promise's. */
  catch<F = never>(rejected?: ((reason: unknown) => F | PromiseLike<F>) | null): Promise<A | F>;
  /** As a promise's. */
  finally(settled?: (() => void) | null): Promise<A>;
}

/** Options of `upload`. */
export interface UploadOptions extends Omit<CallOptions, 'provider'>, ProviderOptions {
  /** The provider, or one that `defineProvider` has made. */
  provider: ProviderId | CustomProvider;
  /** Called as the upload moves, at most every 50 ms or so. */
  onProgress?: (progress: Progress) => void;
  /** Called as each stage begins. */
  onStage?: (stage: Stage) => void;
  /** Called once it is known what the file is, before anything is sent. */
  onInspected?: (media: Media) => void;
  /** Called when the provider takes the file but advises something else, or when a limit could not be checked. */
  onAdvice?: (advice: Violation[]) => void;
  /** Called when something has failed and will be tried again. */
  onRetry?: (retry: Retry) => void;
}

/** Options of `listAssets`. */
export interface ListOptions extends CallOptions, ProviderOptions {
  /**
   * How many assets to ask for at once.
   * @default the most that the provider gives, 100 at OneRouter
   */
  pageSize?: number;
}

/** A WebAssembly module: its address, an answer with it, its bytes, or compiled. */
export type WasmSource = string | URL | Response | BufferSource | WebAssembly.Module;

/** Options of `init`. */
export interface InitOptions {
  /**
   * The core. `mediaferry/slim` has none of its own.
   * @default core.wasm beside this module, or a copy of it where that cannot be had
   */
  wasm?: WasmSource;
  /**
   * The formats that the core does not know, loaded for the first file that needs them. `mediaferry/slim` has none of its own.
   * @default formats.wasm beside this module, or a copy of it where that cannot be had
   */
  formats?: WasmSource;
  /**
   * The worker's script, or `false` to stay on the main thread.
   * @default worker.js beside this module, or a copy of it where that cannot be had
   */
  worker?: string | URL | false;
}
