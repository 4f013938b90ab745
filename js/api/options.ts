// Options of the functions.

import type { CustomProvider } from '../custom-provider/define.js';
import type { Kind, ProviderId, Stage } from '../generated/core.js';
import type { Media } from './media.js';
import type { Messages } from './message-types.js';
import type { Progress, Retry } from './progress.js';
import type { Violation } from './violation.js';

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
  /** Called if the provider accepts the file but recommends something else, or if a limit could not be checked. */
  onWarnings?: (warnings: Violation[]) => void;
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
