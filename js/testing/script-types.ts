// What becomes of the calls of a page under the fake.

import type { AnyProviderId } from '../api/asset.js';
import type { ErrorFacts } from '../api/error-facts.js';
import type { Asset, ErrorCode, ListedAsset, Media, Source, Stage, Violation } from '../api/types.js';
import type { Method } from '../generated/core.js';

/** Options of `installFake`. */
export interface FakeOptions {
  /**
   * What becomes of each upload, or a function that returns it for each attempt.
   * @default every upload of a file that its provider accepts succeeds
   */
  upload?: UploadScript | ((call: FakeCall) => UploadScript | undefined);
  /**
   * What files contain, or a function that returns it for each file. Missing properties are derived from the file's name,
   * declared type and size.
   */
  media?: Partial<Media> | ((file: Blob) => Partial<Media> | undefined);
  /** The assets that `listAssets` yields, and to which successful uploads are added. */
  assets?: readonly ListedAsset[];
  /**
   * The time between two events of an upload, in milliseconds. With 0, no timer is used.
   * @default 0
   */
  stepMillis?: number;
}

/** What becomes of one attempt of an upload. */
export interface UploadScript {
  /** What the file contains. Missing properties are derived from its name, declared type and size. */
  media?: Partial<Media>;
  /** The warnings about the file. */
  warnings?: readonly Violation[];
  /**
   * The fractions of the file that are reported as sent, from 0 to 1. They must not decrease.
   * @default [0.5, 1]
   */
  progress?: readonly number[];
  /** Failures that are retried, in order. After each, the file is sent again. */
  retries?: readonly ErrorCode[];
  /** Where the upload stops until `until` resolves: at the beginning of a stage, or when this fraction of the file is sent. */
  holdAt?: Stage | number;
  /**
   * Ends the stop at `holdAt`.
   * @default it ends only if the upload is aborted
   */
  until?: PromiseLike<unknown>;
  /** Properties of the asset that replace those of the fake. */
  asset?: Partial<Asset>;
  /** The error with which the upload fails: its code, or more facts. `stage` is where it fails. */
  error?: ErrorCode | ScriptedError;
}

/** The facts of an error. Missing ones are as usual for its code. */
export type ScriptedError = Pick<ErrorFacts, 'code'> & Partial<ErrorFacts>;

/** A call that the fake has received. */
export interface FakeCall {
  /** What was called. */
  readonly method: Method;
  /** The file or the URL; `undefined` if there is none. */
  readonly source: Source | undefined;
  /** The id of the provider; `undefined` if the call has none. */
  readonly provider: AnyProviderId | undefined;
  /** The options that only this provider has, for example `model`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** 1, and one more for each `retry()` of the same upload. */
  readonly attempt: number;
}

/** The fake that is installed. */
export interface Fake {
  /** The calls that were received, in order. */
  readonly calls: readonly FakeCall[];
  /**
   * Decides what becomes of the next attempt that starts, instead of the option `upload`. Called again, it decides about the
   * attempt after that.
   * @throws {TypeError} if the script breaks a promise of the package
   */
  nextUpload(script: UploadScript): void;
  /**
   * Ends running calls with the code `interrupted`, and forgets all calls and scripts.
   * @param options defaults to the options of `installFake`
   * @throws {TypeError} if a script breaks a promise of the package
   */
  reset(options?: FakeOptions): void;
  /** Ends running calls with the code `interrupted`, and removes the fake. Later calls use the core again. */
  uninstall(): void;
}
