// One upload: a promise, an async iterable of events, and methods to pause, resume, retry and abort it.

import { isBlob } from '../api/realm.js';
import type {
  Asset,
  Media,
  Progress,
  RemoteAsset,
  Source,
  Stage,
  Status,
  UploadEvent,
  UploadTask,
} from '../api/types.js';
import type { PauseControl } from '../runtime/connection.js';
import { loadClient } from '../runtime/load-client.js';
import type { CoreEvent } from '../runtime/protocol.js';
import { abortWith } from './abort-signals.js';
import type { Attempt, Found, RunResumption, RunState } from './attempt.js';
import { callListener } from './call-listener.js';
import { type Deferred, deferred } from './deferred.js';
import { discardParts } from './discard.js';
import { iterateEvents, type TaskEvent } from './event-stream.js';
import { isInParts, mayBeInParts } from './in-parts.js';
import type { TaskOptions } from './serialize-upload.js';
import { hasFailed, isOver } from './status.js';

/** Decides when its tasks run. */
export interface TaskOwner {
  /** Calls the task's `start()` when it is its turn. */
  schedule: (task: UploadTaskImpl) => void;
  /** Called for every event, after the task's state has changed and before any code of the page runs. */
  onEvent?: (task: UploadTaskImpl, event: TaskEvent<Asset>) => void;
  /** Called when a task begins to wait for the answer of `confirm`. */
  onAsking?: () => void;
  /** Returns what continues an upload that was interrupted. */
  resumptionOf?: (task: UploadTaskImpl) => RunResumption;
}

/** A task without a queue starts immediately. */
const STANDALONE: TaskOwner = { schedule: (task) => task.start() };

/** The default reason of an abort. */
export const aborted = () => new DOMException('The upload was aborted', 'AbortError');

let tasks = 0;

/** The implementation of `UploadTask`, for `upload()` and for a queue. */
export class UploadTaskImpl<A extends RemoteAsset = Asset> implements UploadTask<A> {
  readonly id = `upload-${++tasks}`;
  #status: Status = 'queued';
  stage: Stage | undefined;
  media: Media | undefined;
  progress: Progress;
  /** The asset, or what the task failed with, once it is over. */
  outcome: unknown;
  /** Whether the queue has removed the task, so that it cannot be retried. */
  isClosed = false;
  /** Whether the task waits for the answer of `confirm`. Meanwhile, it needs no slot. */
  isAsking = false;
  readonly #pauseControl: PauseControl = { paused: false };
  /** Whether a pause was requested. The core pauses as soon as it can. */
  #isPaused = false;
  /** Whether the core has paused. */
  #isHolding = false;
  /** Whether the file is being fixed. Meanwhile, a pause takes effect at once: the core is called later. */
  #isFixing = false;
  #unfollow: (() => void) | undefined;
  readonly #watchers = new Set<(event: TaskEvent<A>) => void>();
  /** Aborts the current attempt; `undefined` until it starts. */
  #abort: AbortController | undefined;
  readonly #state: RunState = { attempt: '', continuation: undefined, fixed: undefined, signed: {} };
  /** Whether a retry repeats a request whose outcome is unknown. */
  #force = false;
  /** The promise of the current attempt; in a queue only if it is used: most of thousands are not. */
  #result: Deferred<A> | undefined;
  /** When the wait before the next retry ends. */
  #waitsUntil = 0;

  constructor(
    readonly source: Source,
    readonly options: TaskOptions,
    readonly owner: TaskOwner = STANDALONE,
  ) {
    this.progress = this.#initialProgress();
    this.#renewResult();
  }

  get status(): Status {
    return this.#status;
  }

  get result(): Promise<A> {
    if (!this.#result) {
      this.#result = deferred();
      // The page may handle the event `upload-error` only.
      this.#result.promise.catch(() => {});
      if (this.isOver) this.#settle();
    }
    return this.#result.promise;
  }

  get isOver(): boolean {
    return isOver(this.status);
  }

  /** What is sent: the source, or what the options `fix` and `privacy` have made of it. */
  get sent(): Source {
    return this.#state.fixed?.file ?? this.source;
  }

  /** Where the last attempt can be continued, if it can. */
  get found(): Found {
    return this.#state;
  }

  get hasBegun(): boolean {
    return this.#abort !== undefined;
  }

  /** Makes Vue use the object itself instead of a proxy, which cannot access private fields. */
  get __v_skip(): boolean {
    return true;
  }

  /** Starts, or continues after a pause. The owner calls it when it is the task's turn. */
  start(): void {
    this.follow();
    if (this.isOver) return;
    this.#setPaused(false);
    const { hasBegun } = this;
    this.#abort ??= new AbortController();
    const { signal } = this.#abort;
    this.#setStatus('uploading');
    // A listener may have aborted the task.
    if (hasBegun || signal.aborted) return;
    this.#run(signal).then(
      // If the task was aborted meanwhile, the result of this attempt is ignored.
      (asset) => signal.aborted || this.#succeed(asset),
      (error: unknown) => signal.aborted || this.#fail('failed', error),
    );
  }

  /** Waits for the task's turn. */
  wait(): void {
    this.#setStatus('queued');
  }

  /** Aborts the task when its signal aborts, also before it has started. */
  follow(): void {
    const { signal } = this.options;
    if (signal?.aborted) this.abort(signal.reason);
    else if (signal) this.#unfollow ??= abortWith(signal, this);
  }

  pause(): void {
    if (this.isOver || this.#isPaused) return;
    this.#isPaused = true;
    this.#setPaused(true);
    // While the core runs, it reports when it has paused.
    if (this.#status === 'queued' || this.#isFixing || this.#isHolding) this.#setStatus('paused');
  }

  resume(): void {
    if (this.isOver || !this.#isPaused) return;
    this.#isPaused = false;
    if (this.#status === 'paused') this.owner.schedule(this.#forOwner);
    else this.#setPaused(false);
  }

  retry({ force = false } = {}): void {
    if (hasFailed(this.status)) {
      if (this.isClosed) return;
      this.#force = force;
      this.follow();
      this.stage = undefined;
      this.progress = this.#initialProgress();
      this.#isPaused = this.#isHolding = this.#isFixing = this.isAsking = this.#pauseControl.paused = false;
      this.#waitsUntil = 0;
      this.#abort = undefined;
      this.#renewResult();
      this.#setStatus('queued');
      // If the signal has aborted already, this attempt is aborted too.
      if (!this.isOver) this.follow();
      if (this.#status === 'queued') this.owner.schedule(this.#forOwner);
    } else if (this.#status === 'uploading' && Date.now() < this.#waitsUntil) {
      this.#waitsUntil = 0;
      // A short pause ends the wait. The task keeps its status and its slot.
      this.#setPaused(true);
      // A task that was paused and resumed meanwhile may wait for a slot: `start()` resumes it then.
      setTimeout(() => this.#status === 'uploading' && !this.#isPaused && this.#setPaused(false));
    }
  }

  abort(reason: unknown = aborted()): void {
    if (this.isOver) return;
    // A running call reports where it has stopped.
    this.#abort?.abort(reason);
    this.#fail('aborted', reason);
    this.discard();
  }

  /** Continues an interrupted upload, whose file the page has named. */
  continueFrom(found: Found): void {
    Object.assign(this.#state, found);
  }

  /** Deletes the stored parts of an upload that has not succeeded. An asset that the provider has created stays. */
  discard(): void {
    const { continuation } = this.#state;
    if (!isInParts(continuation)) return;
    this.#state.continuation = undefined;
    discardParts(this.options, continuation);
  }

  /** Calls the watcher for each event. Returns an unsubscribe function. */
  watch(watcher: (event: TaskEvent<A>) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  // biome-ignore lint/suspicious/noThenProperty: a task is awaited like a promise.
  then<T = A, F = never>(
    fulfilled?: ((asset: A) => T | PromiseLike<T>) | null,
    rejected?: ((reason: unknown) => F | PromiseLike<F>) | null,
  ): Promise<T | F> {
    return this.result.then(fulfilled, rejected);
  }

  catch<F = never>(rejected?: ((reason: unknown) => F | PromiseLike<F>) | null): Promise<A | F> {
    return this.result.catch(rejected);
  }

  finally(settled?: (() => void) | null): Promise<A> {
    return this.result.finally(settled);
  }

  [Symbol.asyncIterator](): AsyncGenerator<UploadEvent<A>, void, undefined> {
    return iterateEvents(this);
  }

  async #run(signal: AbortSignal): Promise<A> {
    const { source, options } = this;
    const client = await loadClient(isBlob(source) && mayBeInParts(source, options) ? 'parts' : 'core');
    return await client.upload(source, options, this.#state, this.#attempt(signal));
  }

  #attempt(signal: AbortSignal): Attempt {
    const { onAsking, resumptionOf } = this.owner;
    return {
      signal,
      force: this.#force,
      pauseControl: this.#pauseControl,
      onEvent: (event) => this.#onCoreEvent(event),
      onFixing: (isFixing) => {
        this.#isFixing = isFixing;
      },
      onAsking: (isAsking) => {
        this.isAsking = isAsking;
        if (isAsking) onAsking?.();
      },
      resumption: resumptionOf?.(this.#forOwner),
    };
  }

  #onCoreEvent(event: CoreEvent): void {
    if (event.type === 'status') {
      this.#isHolding = this.#pauseControl.paused;
      // The task may have been resumed meanwhile, or the pause only ends a wait.
      if (this.#isPaused && this.#status === 'uploading') this.#setStatus(event.status);
      return;
    }
    if (event.type === 'stage') this.stage = event.stage;
    else if (event.type === 'inspected') this.media = event.media;
    else if (event.type === 'progress') {
      // After a restart of the core, its progress starts at 0.
      const fraction = Math.max(event.progress.fraction, this.progress.fraction);
      event = { ...event, progress: { ...event.progress, fraction } };
      this.progress = event.progress;
      this.#waitsUntil = 0;
    } else if (event.type === 'retry') this.#waitsUntil = Date.now() + event.retry.delayMillis;
    this.#notify(event);
    callListener(this.options, event);
  }

  /** The task as its owner sees it, which does not know the type of its asset. */
  get #forOwner(): UploadTaskImpl {
    return this as unknown as UploadTaskImpl;
  }

  #setStatus(status: Status): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#notify({ type: 'status', status });
  }

  #succeed(asset: A): void {
    this.#end('succeeded', asset);
    this.#notify({ type: 'success', asset });
  }

  #fail(status: 'failed' | 'aborted', error: unknown): void {
    this.#end(status, error);
    this.#notify({ type: 'error', error });
  }

  #end(status: Status, outcome: unknown): void {
    this.#status = status;
    this.outcome = outcome;
    this.#unfollow?.();
    this.#unfollow = undefined;
    this.#settle();
  }

  /** Without a queue, the promise exists from the start: a failure that nobody handles is reported as for every promise. */
  #renewResult(): void {
    this.#result = this.owner.onEvent ? undefined : deferred();
  }

  #settle(): void {
    if (this.#status === 'succeeded') this.#result?.resolve(this.outcome as A);
    else this.#result?.reject(this.outcome);
  }

  #notify(event: TaskEvent<A>): void {
    // Watchers only queue the event, so no code of the page runs before the owner is notified.
    for (const watcher of this.#watchers) watcher(event);
    this.owner.onEvent?.(this.#forOwner, event as TaskEvent<Asset>);
  }

  #setPaused(paused: boolean): void {
    if (!paused) this.#isHolding = false;
    this.#pauseControl.paused = paused;
    this.#pauseControl.changed?.();
  }

  #initialProgress(): Progress {
    const { source } = this;
    return { fraction: 0, sentBytes: 0, totalBytes: isBlob(source) ? source.size : 0 };
  }
}
