// What an upload does, over all its attempts: it makes the file fit, finds where it continues, and calls the core.

import type { Fixed, Progress, RemoteAsset, Source } from '../api/types.js';
import { requestFragment, type SignedPut } from '../custom-provider/define.js';
import { callCore, callLocal, createQueryHandler, parseDates, type WithMillis } from '../runtime/client.js';
import type { PauseControl } from '../runtime/connection.js';
import type { CoreEvent } from '../runtime/protocol.js';
import { randomId } from '../runtime/random-id.js';
import { discardParts } from './discard.js';
import { FIX_SHARE, fixSource } from './fix-source.js';
import { isInParts } from './in-parts.js';
import { serializeUpload, type TaskOptions } from './serialize-upload.js';

/** Where an interrupted upload continues. */
export interface Found {
  continuation: string | undefined;
  /** The id of its requests that may create an asset. */
  attempt: string;
}

/** Finds and stores where an upload continues after the page was closed. */
export interface RunResumption {
  /** Finds where it continues, if one of the same file was interrupted: its first stored part is that of the file. */
  find: () => Promise<Found | undefined>;
  /** Leaves the interrupted upload alone, because the file is another one. */
  startAnew: () => Promise<void>;
  /** Stores the state of the upload. */
  save: (continuation: string | undefined) => void;
}

/** One attempt. Nothing is called after its signal has aborted. */
export interface Attempt {
  signal: AbortSignal;
  /** Whether to repeat a request whose outcome is unknown. */
  force: boolean;
  pauseControl: PauseControl;
  onEvent: (event: CoreEvent) => void;
  /** Called when a fix begins and ends. */
  onFixing: (isFixing: boolean) => void;
  /** Called when an answer of `confirm` is waited for, and when it is there. */
  onAsking: (isAsking: boolean) => void;
  resumption: RunResumption | undefined;
}

export class UploadRun<A extends RemoteAsset> {
  /** The fixed file, which a retry sends as well. */
  #fixed: Fixed | undefined;
  /** Where the last attempt can be continued, so that a retry creates no second asset. */
  #continuation: string | undefined;
  /** Identifies requests that may create an asset, over all attempts that continue one. */
  #attemptId = '';
  /** What a custom provider has signed for this upload. */
  readonly #signed: { ticket?: SignedPut } = {};

  constructor(
    readonly source: Source,
    readonly options: TaskOptions,
  ) {}

  /** What is sent: the source, or what the options `fix` and `privacy` have made of it. */
  get sent(): Source {
    return this.#fixed?.file ?? this.source;
  }

  /** Where the last attempt can be continued, if it can. */
  get found(): Found {
    return { continuation: this.#continuation, attempt: this.#attemptId };
  }

  /** Continues an interrupted upload. */
  continueFrom({ continuation, attempt }: Found): void {
    this.#continuation = continuation;
    this.#attemptId = attempt;
  }

  /** Deletes the stored parts of an upload that has not succeeded. An asset that the provider has created stays. */
  discard(): void {
    if (!isInParts(this.#continuation)) return;
    discardParts(this.options, this.#continuation);
    this.#continuation = undefined;
  }

  async start(attempt: Attempt): Promise<A> {
    const { signal, resumption } = attempt;
    const { fix, privacy } = this.options;
    // Without these options, the core is called immediately. The parts that are stored are those of the fixed file.
    if ((fix || privacy) && !this.#fixed) await this.#fix(attempt);
    const found = resumption && !this.#continuation ? await resumption.find() : undefined;
    if (signal.aborted && isInParts(found?.continuation)) discardParts(this.options, found.continuation);
    signal.throwIfAborted();
    if (found) this.continueFrom(found);
    try {
      return await this.#call(this.#continuation, attempt);
    } catch (error) {
      if ((Object(error) as { code?: unknown }).code !== 'different_file') throw error;
      // The stored parts are those of another file.
      this.#continuation = undefined;
      if (!found) throw error;
      await resumption?.startAnew();
      return await this.#call(undefined, attempt);
    }
  }

  async #call(continuation: string | undefined, attempt: Attempt): Promise<A> {
    const { source, sent, options } = this;
    const { signal, force, pauseControl, resumption } = attempt;
    const fixed = this.#fixed;
    if (!continuation || !this.#attemptId) this.#attemptId = randomId();
    const call = serializeUpload(sent, options, { continuation, attempt: this.#attemptId, force });
    const sourceHash =
      fixed && options.checksum !== 'skip' ? callLocal<string>('sha256', source as Blob, { signal }) : undefined;
    // The source may have changed since. It is not what is sent.
    sourceHash?.catch(() => {});
    const asset = await callCore<WithMillis<A>>(call, {
      signal,
      pauseControl,
      messages: options.messages,
      onEvent: (event) => signal.aborted || attempt.onEvent(fixed ? afterFix(event) : event),
      onKnown: ({ continuation }) => signal.aborted || resumption?.save(continuation),
      onContinuation: (continuation) => {
        this.#continuation = continuation;
      },
      onQuery: createQueryHandler(options, signal, this.#signed),
    });
    this.#continuation = undefined;
    const fixes = fixed && { fixes: fixed.report.steps, sourceSha256: await sourceHash?.catch(() => undefined) };
    return { ...parseDates(asset), ...requestFragment(options.provider, asset), ...fixes };
  }

  async #fix({ signal, onEvent, onFixing, onAsking }: Attempt): Promise<void> {
    const ifRunning =
      <T>(call: (value: T) => void) =>
      (value: T) =>
        signal.aborted || call(value);
    onFixing(true);
    this.#fixed = await fixSource(this.source, this.options, signal, ifRunning(onEvent), ifRunning(onAsking));
    ifRunning(onFixing)(false);
  }
}

/** The event of a core that is called after a fix, which is the first share of the progress. */
function afterFix(event: CoreEvent): CoreEvent {
  if (event.type !== 'progress') return event;
  const progress: Progress = { ...event.progress, fraction: FIX_SHARE + (1 - FIX_SHARE) * event.progress.fraction };
  return { ...event, progress };
}
