// The data that `providers()` returns; src/bin/providers.rs generates it.

import type { ProviderId } from '../generated/core.js';

/** The limits that some formats share. All bounds are inclusive. */
export interface Limits {
  /** The display names of the formats. */
  formats: string[];
  /** The MIME types of the formats. */
  mimes: string[];
  /** The usual extensions of the formats, without a dot. */
  extensions: string[];
  /** The maximum size in bytes. */
  maxBytes?: number;
  /** The size in bytes above which the provider recommends a URL. Larger files are sent via the gateway's staging bucket. */
  recommendedMaxBytes?: number;
  /** The minimum width in displayed pixels. */
  minWidth?: number;
  /** The minimum height in displayed pixels. */
  minHeight?: number;
  /** The maximum ratio of the longer to the shorter displayed side. */
  maxAspectRatio?: number;
  /** The minimum duration in seconds. */
  minDuration?: number;
  /** The maximum duration in seconds. */
  maxDuration?: number;
}

/** A provider with its limits and options. */
export interface Provider {
  /** The id, as in options and errors. */
  id: ProviderId;
  /** The display name. */
  name: string;
  /** The URL of its website. */
  home: string;
  /** The limits for each set of formats that share them. A format in none of them is rejected. */
  accepts: Limits[];
  /** All accepted MIME types and extensions as a value for `<input accept>`. */
  accept: string;
  /** Other things that a user has to know, in sentences. */
  notes: string[];
  /** The options of `upload` that apply to it. */
  options: ProviderOption[];
  /** Whether it accepts a URL instead of a file, and fetches the content itself. */
  acceptsUrls: boolean;
  /** The maximum number of assets on one page of its list; missing if it has no list. */
  maxPageSize?: number;
  /** How long it stores an asset, in seconds; missing if that is not documented. */
  lifetime?: number;
  /** The maximum number of assets per account; missing if that is not documented. Further uploads fail with the code `quota`. */
  maxAssets?: number;
  /** The maximum number of images in one generation request; missing if that is not documented. */
  maxImages?: number;
  /** The maximum number of videos in one generation request; missing if that is not documented. */
  maxVideos?: number;
  /** The maximum number of audio files in one generation request; missing if that is not documented. */
  maxAudio?: number;
}

/** An option of a provider. */
export interface ProviderOption {
  /** The option's name in the options of `upload`. */
  name: string;
  /** Whether the provider requires it. */
  required: boolean;
  /** The allowed values. If there are none, any string is allowed. */
  values: string[];
}
