// Assets: the results of uploads.

import type { ProviderId } from '../generated/core.js';
import type { FixStep } from './fix-types.js';
import type { Media } from './media.js';
import type { Checksum, Source } from './source.js';

/** The id of a built-in or a custom provider. */
export type AnyProviderId = ProviderId | (string & Record<never, never>);

/** An asset that a provider stores. */
export interface RemoteAsset {
  /** The string to use in a generation request: the `asset://` URI if the provider returns one, otherwise the URL. */
  ref: string;
  /** The URL of the content, if the provider returns one. */
  url?: string;
  /** The `asset://` URI, if the provider returns one. */
  uri?: string;
  /** The provider's id of the asset. */
  id?: string;
  /** The id of the provider that stores the asset. */
  provider: AnyProviderId;
  /**
   * The part of a generation request that refers to the asset, as the provider documents it:
   * `{ image_urls: ['asset://…'] }`. The bare `ref` if the provider documents none for this kind of media.
   */
  requestFragment: unknown;
  /** The provider's response, unchanged. */
  raw: unknown;
  /** When the provider deletes the asset, if it reports that. */
  expiresAt?: Date;
  /** What the file contains; missing for a URL. */
  media?: Media;
}

/** The asset of an uploaded file. */
export interface Asset extends RemoteAsset {
  /** What the file contains. */
  media: Media;
  /** SHA-256 of the whole file as it was sent, 64 hexadecimal digits. */
  sha256: string;
  /** What was done to the file before it was sent, with the options `fix` or `privacy`; missing if nothing. */
  fixes?: FixStep[];
  /** SHA-256 of the source, if it was fixed. Missing with `checksum: 'skip'`. */
  sourceSha256?: string;
}

/** The asset of a file that was uploaded with `checksum: 'skip'`. It has a checksum only if the provider needs one. */
export type UnhashedAsset = Omit<Asset, 'sha256'> & Partial<Pick<Asset, 'sha256'>>;

/** The asset of a source: a URL's has no `media`, and with `checksum: 'skip'` the `sha256` may be missing. */
export type AssetOf<S extends Source, C extends Checksum = 'sha256'> = [S] extends [Blob]
  ? [C] extends ['sha256']
    ? Asset
    : UnhashedAsset
  : RemoteAsset;

/** An asset in a provider's list. */
export interface ListedAsset extends Omit<RemoteAsset, 'ref' | 'requestFragment' | 'media'> {
  /** The string to use in a generation request. An asset that is not active may have none. */
  ref?: string;
  /** The state as the provider reports it, for example `'active'`. */
  status: string;
}
