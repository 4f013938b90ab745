// Assets: what uploads result in.

import type { ProviderId } from '../generated/core.js';
import type { Media } from './media.js';

/** The id of a provider, be it one of mediaferry's or the page's own. */
export type AnyProviderId = ProviderId | (string & Record<never, never>);

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
