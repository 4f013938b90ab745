// One upload as an object: a promise, an iterable of events, and the handles to pause, repeat and abort it.

import { isBlob, isUrl } from '../api/realm.js';
import { report } from '../api/report.js';
import type {
  Asset,
  Media,
  Progress,
  RemoteAsset,
  Source,
  Stage,
  Status,
  UploadEvent,
  UploadOptions,
  UploadTask,
} from '../api/types.js';
import { fragment, type SignedPut } from '../custom-provider/define.js';
import { callCore, createQueryHandler, parseDates, serializeCall, type WithMillis } from '../runtime/client.js';
import type { PauseControl } from '../runtime/connection.js';
import type { CoreEvent } from '../runtime/protocol.js';
import { abortWith } from './abort-signals.js';
import { hasFailed, isOver } from './status.js';

/** What happens to a task: its events, and its end where it is no success. */
export type TaskEvent<A extends RemoteAsset> = UploadEvent<A> | { type: 'error'; error: unknown };

/** A task's options, with what its owner adds. */
type TaskOptions = UploadOptions & {
  /** The file types that the queue takes; the core compares them with the content. */
  accept?: readonly string[] | undefined;
};

/** Decides when its tasks run. */
export interface TaskOwner {
  /** Calls `start()` when it is the task's turn. */
  schedule: (task: UploadTaskImpl) => void;
  /** Called for everything that happens, after the task has changed and before any code of the page. */
  onEvent?: (task: UploadTaskImpl, happening: TaskEvent<Asset>) => void;
}

/** By itself, a task begins at once. */
const STANDALONE: TaskOwner = { schedule: (task) => task.start() };

/** The reason of an abort that was given none. */
export const aborted = () => new DOMException('The upload was aborted', 'AbortError');

let tasks = 0;

/** What `upload` and a queue give out as an `UploadTask`. */
export class UploadTaskImpl<A extends RemoteAsset = Asset> implements UploadTask<A> {
  readonly id = `upload-${++tasks}`;
  #status: Status = 'queued';
  stage: Stage | undefined;
  media: Media | undefined;
  progress: Progress;
  /** A task that its queue has let go of cannot be retried. */
  isClosed = false;
  readonly #pauseControl: PauseControl = { paused: false };
  /** Whether a pause is wanted. The core holds as soon as it can. */
  #isPaused = false;
  #isHolding = false;
  #unfollow: (() => void) | undefined;
  readonly #watchers = new Set<(happening: TaskEvent<A>) => void>();
  /** Of this try, once it has begun. */
  #abort: AbortController | undefined;
  /** Where the last try can be continued, so that a retry makes no second asset. */
  #continuation: string | undefined;
  /** What an own backend has signed for it. */
  readonly #signed: { ticket?: SignedPut } = {};
  #force = false;
  /** Tells requests that may create an asset from each other, over all tries that continue one. */
  #attempt = '';
  #outcome = deferred<A>();
  /** When the wait before the next try ends. */
  #waitsUntil = 0;

  constructor(
    readonly source: Source,
    readonly options: TaskOptions,
    readonly owner: TaskOwner = STANDALONE,
  ) {
    this.progress = this.#initialProgress();
  }

  get status(): Status {
    return this.#status;
  }

  get result(): Promise<A> {
    return this.#outcome.promise;
  }

  get isOver(): boolean {
    return isOver(this.status);
  }

  get hasBegun(): boolean {
    return this.#abort !== undefined;
  }

  /** Vue reads this: it leaves the object as it is instead of wrapping it in a proxy. */
  get __v_skip(): boolean {
    return true;
  }

  /** Begins, or continues after a pause. An owner calls this when it is the task's turn. */
  start(): void {
    this.follow();
    if (this.isOver) return;
    this.#setPaused(false);
    const { hasBegun } = this;
    this.#abort ??= new AbortController();
    const { signal } = this.#abort;
    this.#setStatus('uploading');
    // A listener may have aborted it.
    if (hasBegun || signal.aborted) return;
    this.#run(signal).then(
      // A task that was aborted meanwhile is over, whatever still comes of that run.
      (asset) => signal.aborted || this.#succeed(asset),
      (error: unknown) => signal.aborted || this.#fail('failed', error),
    );
  }

  /** Waits for its turn. */
  wait(): void {
    this.#setStatus('queued');
  }

  /** Lets its signal abort it from now on, whether it has begun or not. */
  follow(): void {
    const { signal } = this.options;
    if (signal?.aborted) this.abort(signal.reason);
    else if (signal) this.#unfollow ??= abortWith(signal, this);
  }

  pause(): void {
    if (this.isOver || this.#isPaused) return;
    this.#isPaused = true;
    this.#setPaused(true);
    // While it runs, the core reports when it holds.
    if (this.#status === 'queued' || this.#isHolding) this.#setStatus('paused');
  }

  resume(): void {
    if (this.isOver || !this.#isPaused) return;
    this.#isPaused = false;
    if (this.#status === 'paused') this.owner.schedule(this as unknown as UploadTaskImpl);
    else this.#setPaused(false);
  }

  retry({ force = false } = {}): void {
    if (hasFailed(this.status)) {
      if (this.isClosed) return;
      this.#force = force;
      this.follow();
      this.stage = undefined;
      this.progress = this.#initialProgress();
      this.#isPaused = this.#isHolding = this.#pauseControl.paused = false;
      this.#abort = undefined;
      this.#outcome = deferred();
      this.#setStatus('queued');
      // If its signal had aborted, that ends this try too.
      if (!this.isOver) this.follow();
      if (this.#status === 'queued') this.owner.schedule(this as unknown as UploadTaskImpl);
    } else if (this.#status === 'uploading' && Date.now() < this.#waitsUntil) {
      // A pause ends the wait. The task keeps its status, and so its slot.
      this.#setPaused(true);
      setTimeout(() => this.#isPaused || this.#setPaused(false));
    }
  }

  abort(reason: unknown = aborted()): void {
    if (this.isOver) return;
    this.#abort?.abort(reason);
    this.#fail('aborted', reason);
  }

  #watch(watcher: (happening: TaskEvent<A>) => void): () => void {
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

  async *[Symbol.asyncIterator](): AsyncGenerator<UploadEvent<A>, void, undefined> {
    const heard: TaskEvent<A>[] = [];
    let wake = () => {};
    const unwatch = this.#watch((happening) => {
      // Only the last of several reports still says how far it is.
      if (happening.type === 'progress' && heard.at(-1)?.type === 'progress') heard.pop();
      heard.push(happening);
      wake();
    });
    // Who iterates hears of the failure here.
    const end = this.result.then(
      (asset): TaskEvent<A> => ({ type: 'success', asset }),
      (error: unknown): TaskEvent<A> => ({ type: 'error', error }),
    );
    try {
      if (this.isOver) heard.push(await end);
      for (;;) {
        const happening = heard.shift();
        if (!happening) await new Promise<void>((resolve) => (wake = resolve));
        else if (happening.type === 'error') throw happening.error;
        else yield happening;
        if (happening?.type === 'success') return;
      }
    } finally {
      unwatch();
    }
  }

  async #run(signal: AbortSignal): Promise<A> {
    const { source, options } = this;
    const continuation = this.#continuation;
    if (!continuation) this.#attempt = attemptId();
    const { call, file } = serializeUpload(source, options, {
      continuation,
      attempt: this.#attempt,
      force: this.#force,
    });
    const onEvent = (event: CoreEvent) => !signal.aborted && this.#onCoreEvent(event);
    const asset = await callCore<WithMillis<A>>(call, file, {
      signal,
      switch: this.#pauseControl,
      messages: options.messages,
      onEvent,
      onContinuation: (continuation) => {
        this.#continuation = continuation;
      },
      onAsk: createQueryHandler(options, signal, this.#signed),
    });
    return { ...parseDates(asset), ...fragment(options.provider, asset) };
  }

  #onCoreEvent(event: CoreEvent): void {
    if (event.type === 'status') {
      this.#isHolding = this.#pauseControl.paused;
      // It may have been resumed meanwhile, or is only to end a wait.
      if (this.#isPaused && this.#status === 'uploading') this.#setStatus(event.status);
      return;
    }
    if (event.type === 'stage') this.stage = event.stage;
    else if (event.type === 'inspected') this.media = event.media;
    else if (event.type === 'progress') {
      // A core that took the call over begins at 0.
      const fraction = Math.max(event.progress.fraction, this.progress.fraction);
      event = { ...event, progress: { ...event.progress, fraction } };
      this.progress = event.progress;
    } else if (event.type === 'retry') this.#waitsUntil = Date.now() + event.retry.delayMillis;
    this.#notify(event);
    callListener(this.options, event);
  }

  #setStatus(status: Status): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#notify({ type: 'status', status });
  }

  #succeed(asset: A): void {
    this.#end('succeeded');
    this.#outcome.resolve(asset);
    this.#notify({ type: 'success', asset });
  }

  #fail(status: 'failed' | 'aborted', error: unknown): void {
    this.#end(status);
    this.#outcome.reject(error);
    this.#notify({ type: 'error', error });
  }

  #end(status: Status): void {
    this.#status = status;
    this.#unfollow?.();
    this.#unfollow = undefined;
  }

  #notify(happening: TaskEvent<A>): void {
    // Iterations run no code of the page before the owner has heard.
    for (const watcher of this.#watchers) watcher(happening);
    this.owner.onEvent?.(this as unknown as UploadTaskImpl, happening as TaskEvent<Asset>);
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

function serializeUpload(
  source: Source,
  { accept, ...options }: TaskOptions,
  more: object,
): { call: string; file?: Blob } {
  if (isBlob(source)) return { call: serializeCall('upload', options, { accept, ...more }), file: source };
  if (typeof source !== 'string' && !isUrl(source)) throw new TypeError('upload() takes a File, a Blob or a URL');
  return { call: serializeCall('upload', options, { address: String(source), ...more }) };
}

/** 24 hexadecimal digits that no other upload has. */
function attemptId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Calls the page's own listener. One that throws is the page's affair; the upload goes on. */
function callListener(options: UploadOptions, event: Exclude<CoreEvent, { type: 'status' }>): void {
  try {
    if (event.type === 'stage') options.onStage?.(event.stage);
    else if (event.type === 'inspected') options.onInspected?.(event.media);
    else if (event.type === 'warnings') options.onWarnings?.(event.warnings);
    else if (event.type === 'progress') options.onProgress?.(event.progress);
    else options.onRetry?.(event.retry);
  } catch (error) {
    report(error);
  }
}

interface Deferred<A> {
  promise: Promise<A>;
  resolve: (asset: A) => void;
  reject: (error: unknown) => void;
}

// `Promise.withResolvers` is younger than the browsers we serve.
function deferred<A>(): Deferred<A> {
  let resolve!: Deferred<A>['resolve'];
  let reject!: Deferred<A>['reject'];
  const promise = new Promise<A>((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve, reject };
}
