// Options of the functions.

import type { CustomProvider } from '../custom-provider/define.js';
import type { Kind, ProviderId, Stage } from '../generated/core.js';
import type { BuiltInOptions } from '../generated/option-types.js';
import type { FixSettings, Privacy } from './fix-types.js';
import type { Media } from './media.js';
import type { Messages } from './message-types.js';
import type { Progress, Retry } from './progress.js';
import type { Checksum } from './source.js';
import type { Violation } from './violation.js';

/** Options of functions that send nothing. */
export interface LocalOptions {
  /** Aborts at any stage. The promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /**
   * Your own messages for errors: a whole locale, or parts of one.
   * @default English
   */
  messages?: Messages;
}

/**
 * The token that authenticates the page to the gateway. A function is called before the first request, and after each response
 * with status 401, unless the request had a new token already. If it throws, the upload rejects with that error.
 */
export type Token =
  | string
  | ((why: 'initial' | 'unauthorized', context: { signal: AbortSignal }) => string | Promise<string>);

/** Options of functions that send requests. */
export interface CallOptions extends LocalOptions {
  /** The provider's id. */
  provider: ProviderId;
  /**
   * The gateway's URL, absolute or relative to the page. The gateway adds the provider's key.
   * @default '/', the page's own origin
   */
  gateway?: string | URL;
  /** Headers for the gateway only. The gateway does not forward them to the provider. */
  headers?: Record<string, string>;
  /** A token for the gateway, sent as `Authorization: Bearer …`. */
  token?: Token;
  /**
   * How long failed requests are retried while there is no progress, in milliseconds. Waits that a server requests
   * (`Retry-After`) and time in which the browser is offline do not count. `0` disables retries; with `Infinity`, they never end.
   * @default 120000
   */
  retryTimeout?: number;
}

/** The options of individual providers. An option that the upload's provider does not have is a `TypeError`. */
export interface ProviderOptions {
  /** OneRouter: the id of the model that the asset is for. Required there. */
  model?: string;
  /**
   * OneRouter: how the file is sent, in a form (`'form'`), or as a URL after an upload to the gateway's staging bucket (`'url'`).
   * @default 'auto', which is 'url' above 50 MB, as OneRouter recommends
   */
  route?: 'auto' | 'form' | 'url';
  /**
   * Apiframe: the kind of media behind a URL.
   * @default derived from the URL's extension
   */
  type?: Kind;
  /**
   * RelayDance: the role of an image in `requestFragment`. It has no effect on video and audio.
   * @default 'reference_image'
   */
  role?: string;
  /**
   * WorldRouter: the size limit to apply, 10 MiB for the API or 4 MB for the dashboard.
   * @default 'api'
   */
  limit?: 'api' | 'dashboard';
}

/** The options of `upload` that every provider has. */
export interface UploadSettings extends Omit<CallOptions, 'provider'> {
  /**
   * Whether to compute the SHA-256 of the file. With `'skip'`, the asset has no `sha256`, and the provider's copy is compared
   * with the file by size and type only. A provider that needs the checksum gets it nevertheless.
   * @default 'sha256'
   */
  checksum?: Checksum;
  /**
   * Fixes a file that violates a limit: `true`, or an object that selects the allowed steps. See `fix`. The upload sends the fixed
   * file, and `asset.fixes` reports the steps.
   * @default false: such a file is rejected
   */
  fix?: boolean | FixSettings;
  /**
   * Metadata to remove from the file before it is sent, also if it violates no limit. A file from which it cannot be removed
   * is rejected. Without `fix`, only lossless changes are made.
   * @default none
   */
  privacy?: Privacy;
  /**
   * The size in bytes from which a file is sent in parts, several at a time. A part that fails is sent again on its own. Applies to
   * files that are sent to the gateway's staging bucket; `presignedParts()` always sends parts. With `Infinity`, no file is sent in
   * parts.
   * @default 67108864, 64 MiB
   */
  multipartThreshold?: number;
  /** Called when the upload progresses, at most about every 50 ms. */
  onProgress?: (progress: Progress) => void;
  /** Called when a stage starts. */
  onStage?: (stage: Stage) => void;
  /** Called when the file has been identified, before anything is sent. */
  onInspected?: (media: Media) => void;
  /**
   * Called if the file is accepted, but the provider recommends something else, a limit could not be checked, or a photo states
   * where it was taken.
   */
  onWarnings?: (warnings: Violation[]) => void;
  /** Called when something failed and will be retried. */
  onRetry?: (retry: Retry) => void;
  /** Called when storage no longer has the parts that were sent, so that the file is sent again from its beginning. */
  onRestarted?: () => void;
}

/** Options of `upload` for a provider that `defineProvider`, `presignedPut` or `presignedParts` returned. */
export interface CustomOptions extends UploadSettings {
  /** The provider. */
  provider: CustomProvider;
}

/** Options of `upload`. `provider` discriminates the union: each provider has its own options. */
export type UploadOptions = BuiltInOptions | CustomOptions;

/**
 * Options of one upload that override those of its queue. With a `provider`, they are complete: the queue's options for
 * another provider do not apply.
 */
export type UploadOverrides = UploadOptions | (UploadSettings & ProviderOptions & WithoutProvider);

/** Options that name no provider. */
export interface WithoutProvider {
  /** Not set: another object names the provider. */
  provider?: undefined;
}

/** Options of `listAssets`. */
export interface ListOptions extends CallOptions, ProviderOptions {
  /**
   * The number of assets per request.
   * @default the most that the provider allows, 100 at OneRouter
   */
  pageSize?: number;
}
