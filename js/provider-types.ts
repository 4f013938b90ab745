// What `providers()` says of each: src/bin/providers.rs writes it.

import type { ProviderId } from './generated/core.js';

/** The limits that some formats share; all bounds are inclusive. */
export interface Limits {
  /** The formats' names for people. */
  formats: string[];
  /** MIME types. */
  mimes: string[];
  /** The same formats' usual extensions, without a dot. */
  extensions: string[];
  /** Bytes. */
  maxBytes?: number;
  /** Above so many bytes the provider advises a URL; the file goes to the gateway's staging then. */
  advisedBytes?: number;
  /** Displayed pixels. */
  minWidth?: number;
  /** Displayed pixels. */
  minHeight?: number;
  /** The longer displayed side over the shorter one. */
  maxAspectRatio?: number;
  /** Seconds. */
  minDuration?: number;
  /** Seconds. */
  maxDuration?: number;
}

/** A provider and what it takes. */
export interface Provider {
  /** What options and errors call it. */
  id: ProviderId;
  /** Its name for people. */
  name: string;
  /** Its site. */
  home: string;
  /** The limits for each set of formats that share them; a format in none of them is refused. */
  accepts: Limits[];
  /** The same as `<input accept>` has it: MIME types and extensions, for a picker that offers only what is taken. */
  accept: string;
  /** What else its documentation says that a user has to know, in sentences. */
  notes: string[];
  /** What its user may choose: options of `upload` that it knows. */
  options: ProviderOption[];
  /** Whether it fetches what stands at a URL. */
  takesAddresses: boolean;
  /** The most assets on one page of its list, where it has a list. */
  maxPageSize?: number;
  /** How long it keeps an asset, in seconds, where it says so. */
  lifetime?: number;
  /** How many assets an account may have, where it says so; an upload beyond that ends with `quota`. */
  maxAssets?: number;
  /** How many images one generation request takes, where it says so. */
  maxImages?: number;
  /** How many videos one generation request takes, where it says so. */
  maxVideos?: number;
  /** How many sound tracks one generation request takes, where it says so. */
  maxAudio?: number;
}

/** What the user of a provider may choose. */
export interface ProviderOption {
  /** The option's name, as in `upload`'s options. */
  name: string;
  /** Whether the provider takes nothing without it. */
  required: boolean;
  /** The values that it can have; any text where there are none. */
  values: string[];
}
