// The public shapes of the package; the unions that enumerate Rust's facts are emitted from Rust.

import type { ErrorCode, Kind, ProviderId, Rule, Stage } from './generated/core.js';

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
  hasVideo?: boolean;
  hasAudio?: boolean;
  /** Codecs in the order of the tracks, by their usual names. */
  codecs: string[];
  /** `false` where the file ends before its own structure says it does. */
  complete?: boolean;
  /** The facts above that are estimates and not read from the file. */
  estimated: 'duration'[];
}

/** One limit that a file breaks. */
export interface Violation {
  rule: Rule;
  /** What the file has: bytes, pixels, seconds, a ratio, or what the content looks like; `null` where nothing is known. */
  actual: number | string | null;
  /** What the provider takes: a number in the same unit, or the names of the formats. */
  limit: number | string[] | null;
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
  /** How long until the next try, in milliseconds; less where the browser comes online or the page visible. */
  delayMillis: number;
}

/** What a provider made of the file. */
export interface Asset {
  /** The string to paste into a generation request: the `asset://` URI where the provider gives one, else the URL. */
  ref: string;
  /** Where the bytes can be fetched, where the provider says so. */
  url?: string;
  /** The `asset://` URI, where the provider gives one. */
  uri?: string;
  /** The provider's id. */
  id?: string;
  provider: ProviderId;
  /** What the file is. */
  media: Media;
  /** SHA-256 of the whole file, 64 hexadecimal digits. */
  sha256: string;
  /** The provider's answer as it came. */
  raw: unknown;
  /** When the provider forgets the asset, where it says so. */
  expiresAt?: Date;
}

/** The limits that some formats share; all bounds are inclusive. */
export interface Limits {
  /** MIME types. */
  mimes: string[];
  /** The same formats' usual extensions, without a dot. */
  extensions: string[];
  maxBytes?: number;
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
  id: ProviderId;
  /** Its name for people. */
  name: string;
  /** Its site. */
  home: string;
  accepts: Limits[];
}

/** Options of `upload`. */
export interface UploadOptions {
  /** Where the file goes. */
  provider: ProviderId;
  /**
   * The gateway's address, absolute or relative to the page. It adds the provider's key.
   * @default '/'
   */
  gateway?: string | URL;
  /** Cancels the upload at any stage; the promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Called as the upload moves, at most every 50 ms or so. */
  onProgress?: (progress: Progress) => void;
  /** Called as each stage begins. */
  onStage?: (stage: Stage) => void;
  /** Called once it is known what the file is, before anything is sent. */
  onInspected?: (media: Media) => void;
  /** Called when something has failed and will be tried again. */
  onRetry?: (retry: Retry) => void;
}

/** Options of `init`. */
export interface InitOptions {
  /**
   * The core: its address, its bytes or a compiled module.
   * @default core.wasm beside this module
   */
  wasm?: string | URL | BufferSource | WebAssembly.Module;
  /**
   * The worker's script, or `false` to stay on the main thread.
   * @default worker.js beside this module
   */
  worker?: string | URL | false;
}
