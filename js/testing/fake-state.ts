// What a fake knows: its options, its scripts, and the calls that it has received.

import type { ListedAsset, Media, Source } from '../api/types.js';
import type { CallData } from './call-data.js';
import { checkOptions, checkScript } from './check-script.js';
import type { FakeCall, FakeOptions, UploadScript } from './script-types.js';

export class FakeState {
  #options!: FakeOptions;
  calls: FakeCall[] = [];
  assets: readonly ListedAsset[] = [];
  /** Ends the hosts that run. */
  readonly ends = new Set<() => void>();
  #next: UploadScript[] = [];
  /** The number of attempts of each upload. */
  readonly #attempts = new Map<string, number>();
  #uploads = 0;

  /** Throws a `TypeError` if the options are invalid. */
  constructor(options: FakeOptions) {
    this.configure(options);
  }

  get stepMillis(): number {
    return this.#options.stepMillis ?? 0;
  }

  /** Sets the options, and forgets everything else. */
  configure(options: FakeOptions): void {
    checkOptions(options);
    this.#options = options;
    this.assets = options.assets ?? [];
    this.calls = [];
    this.#next = [];
    this.#attempts.clear();
  }

  /** Ends the hosts, and so all calls that are running. */
  end(): void {
    for (const end of this.ends) end();
    this.ends.clear();
  }

  /** Sets the script of the next attempt that has none. */
  scriptNext(script: UploadScript): void {
    checkScript(script);
    this.#next.push(script);
  }

  /** Adds a call. */
  record(data: CallData, source: Source | undefined): FakeCall {
    const { method, provider, options = {}, attempt } = data;
    const number = attempt === undefined ? 1 : (this.#attempts.get(attempt) ?? 0) + 1;
    if (attempt !== undefined) this.#attempts.set(attempt, number);
    const id = typeof provider === 'object' ? provider.id : provider;
    const call: FakeCall = { method, source: source ?? data.url, provider: id, options, attempt: number };
    this.calls.push(call);
    return call;
  }

  /** The script of an attempt. */
  scriptOf(call: FakeCall): UploadScript {
    const { upload } = this.#options;
    const script = this.#next.shift() ?? (typeof upload === 'function' ? upload(call) : upload) ?? {};
    checkScript(script);
    return script;
  }

  mediaOf(file: Blob): Partial<Media> | undefined {
    const { media } = this.#options;
    return typeof media === 'function' ? media(file) : media;
  }

  /** A number that no other upload of this fake has. */
  nextNumber(): number {
    this.#uploads += 1;
    return this.#uploads;
  }
}
