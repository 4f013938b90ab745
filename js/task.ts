// One upload as an object: a promise, an iterable of events, and the handles to pause, repeat and abort it.

import { fragment } from './backend.js';
import type { Switch } from './connection.js';
import { answering, type Dated, dated, describe, perform } from './core.js';
import { report } from './emitter.js';
import { follow } from './follow.js';
import type { CoreEvent } from './protocol.js';
import { isBlob, isUrl } from './realm.js';
import { hasFailed, isOver } from './status.js';
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
} from './types.js';

/** What happens to a task: its events, and its end where it is no success. */
export type Happening<A extends RemoteAsset> = UploadEvent<A> | { type: 'error'; error: unknown };

/** A task's options, with what its owner adds. */
type TaskOptions = UploadOptions & {
  /** The file types that the queue takes; the core compares them with the content. */
  accept?: readonly string[] | undefined;
};

/** Decides when its tasks run. */
export interface Owner {
  /** Calls `start()` when it is the task's turn. */
  schedule: (task: Task) => void;
  /** Called for everything that happens, after the task has changed and before any code of the page. */
  hear?: (task: Task, happening: Happening<Asset>) => void;
}

/** By itself, a task begins at once. */
const NOBODY: Owner = { schedule: (task) => task.start() };

/** The reason of an abort that was given none. */
export const aborted = () => new DOMException('The upload was aborted', 'AbortError');

let tasks = 0;

/** What `upload` and a queue give out as an `UploadTask`. */
export class Task<A extends RemoteAsset = Asset> implements UploadTask<A> {
  readonly id = `upload-${++tasks}`;
  #status: Status = 'queued';
  stage: Stage | undefined;
  media: Media | undefined;
  progress: Progress;
  /** A task that its queue has let go of cannot be retried. */
  isClosed = false;
  readonly #switch: Switch = { paused: false };
  /** Whether a pause is wanted. The core holds as soon as it can. */
  #isPaused = false;
  #isHolding = false;
  #unfollow: (() => void) | undefined;
  readonly #watchers = new Set<(happening: Happening<A>) => void>();
  /** Of this try, once it has begun. */
  #abort: AbortController | undefined;
  /** Where the last try can be continued, so that a retry makes no second asset. */
  #continuation: string | undefined;
  #force = false;
  /** Tells requests that may create an asset from each other, over all tries that continue one. */
  #attempt = '';
  #outcome = outcome<A>();
  /** When the wait before the next try ends. */
  #waitsUntil = 0;

  constructor(
    readonly source: Source,
    readonly options: TaskOptions,
    readonly owner: Owner = NOBODY,
  ) {
    this.progress = this.#nothing();
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
    this.#turn(false);
    const { hasBegun } = this;
    this.#abort ??= new AbortController();
    const { signal } = this.#abort;
    this.#become('uploading');
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
    this.#become('queued');
  }

  /** Lets its signal abort it from now on, whether it has begun or not. */
  follow(): void {
    const { signal } = this.options;
    if (signal?.aborted) this.abort(signal.reason);
    else if (signal) this.#unfollow ??= follow(signal, this);
  }

  pause(): void {
    if (this.isOver || this.#isPaused) return;
    this.#isPaused = true;
    this.#turn(true);
    // While it runs, the core reports when it holds.
    if (this.#status === 'queued' || this.#isHolding) this.#become('paused');
  }

  resume(): void {
    if (this.isOver || !this.#isPaused) return;
    this.#isPaused = false;
    if (this.#status === 'paused') this.owner.schedule(this as unknown as Task);
    else this.#turn(false);
  }

  retry({ force = false } = {}): void {
    if (hasFailed(this.status)) {
      if (this.isClosed) return;
      this.#force = force;
      this.follow();
      this.stage = undefined;
      this.progress = this.#nothing();
      this.#isPaused = this.#isHolding = this.#switch.paused = false;
      this.#abort = undefined;
      this.#outcome = outcome();
      this.#become('queued');
      // If its signal had aborted, that ends this try too.
      if (!this.isOver) this.follow();
      if (this.#status === 'queued') this.owner.schedule(this as unknown as Task);
    } else if (this.#status === 'uploading' && Date.now() < this.#waitsUntil) {
      // A pause ends the wait. The task keeps its status, and so its slot.
      this.#turn(true);
      setTimeout(() => this.#isPaused || this.#turn(false));
    }
  }

  abort(reason: unknown = aborted()): void {
    if (this.isOver) return;
    this.#abort?.abort(reason);
    this.#fail('aborted', reason);
  }

  #watch(watcher: (happening: Happening<A>) => void): () => void {
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
    const heard: Happening<A>[] = [];
    let wake = () => {};
    const unwatch = this.#watch((happening) => {
      // Only the last of several reports still says how far it is.
      if (happening.type === 'progress' && heard.at(-1)?.type === 'progress') heard.pop();
      heard.push(happening);
      wake();
    });
    // Who iterates hears of the failure here.
    const end = this.result.then(
      (asset): Happening<A> => ({ type: 'success', asset }),
      (error: unknown): Happening<A> => ({ type: 'error', error }),
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
    if (!continuation) this.#attempt = digits();
    const { call, file } = describeUpload(source, options, {
      continuation,
      attempt: this.#attempt,
      force: this.#force,
    });
    const onEvent = (event: CoreEvent) => !signal.aborted && this.#hear(event);
    const asset = await perform<Dated<A>>(call, file, {
      signal,
      switch: this.#switch,
      messages: options.messages,
      onEvent,
      onContinuation: (continuation) => {
        this.#continuation = continuation;
      },
      onAsk: answering(options, signal),
    });
    return { ...dated(asset), ...fragment(options.provider, asset) };
  }

  #hear(event: CoreEvent): void {
    if (event.type === 'status') {
      this.#isHolding = this.#switch.paused;
      // It may have been resumed meanwhile, or is only to end a wait.
      if (this.#isPaused && this.#status === 'uploading') this.#become(event.status);
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
    this.#tell(event);
    tell(this.options, event);
  }

  #become(status: Status): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#tell({ type: 'status', status });
  }

  #succeed(asset: A): void {
    this.#end('succeeded');
    this.#outcome.resolve(asset);
    this.#tell({ type: 'success', asset });
  }

  #fail(status: 'failed' | 'aborted', error: unknown): void {
    this.#end(status);
    this.#outcome.reject(error);
    this.#tell({ type: 'error', error });
  }

  #end(status: Status): void {
    this.#status = status;
    this.#unfollow?.();
    this.#unfollow = undefined;
  }

  #tell(happening: Happening<A>): void {
    // Iterations run no code of the page before the owner has heard.
    for (const watcher of this.#watchers) watcher(happening);
    this.owner.hear?.(this as unknown as Task, happening as Happening<Asset>);
  }

  #turn(paused: boolean): void {
    if (!paused) this.#isHolding = false;
    this.#switch.paused = paused;
    this.#switch.changed?.();
  }

  #nothing(): Progress {
    const { source } = this;
    return { fraction: 0, sentBytes: 0, totalBytes: isBlob(source) ? source.size : 0 };
  }
}

function describeUpload(
  source: Source,
  { accept, ...options }: TaskOptions,
  more: object,
): { call: string; file?: Blob } {
  if (isBlob(source)) return { call: describe('upload', options, { accept, ...more }), file: source };
  if (typeof source !== 'string' && !isUrl(source)) throw new TypeError('upload() takes a File, a Blob or a URL');
  return { call: describe('upload', options, { address: String(source), ...more }) };
}

/** 24 hexadecimal digits that no other upload has. */
function digits(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Calls the page's own listener. One that throws is the page's affair; the upload goes on. */
function tell(options: UploadOptions, event: Exclude<CoreEvent, { type: 'status' }>): void {
  try {
    if (event.type === 'stage') options.onStage?.(event.stage);
    else if (event.type === 'inspected') options.onInspected?.(event.media);
    else if (event.type === 'advice') options.onAdvice?.(event.advice);
    else if (event.type === 'progress') options.onProgress?.(event.progress);
    else options.onRetry?.(event.retry);
  } catch (error) {
    report(error);
  }
}

interface Outcome<A> {
  promise: Promise<A>;
  resolve: (asset: A) => void;
  reject: (error: unknown) => void;
}

// `Promise.withResolvers` is younger than the browsers we serve.
function outcome<A>(): Outcome<A> {
  let resolve!: Outcome<A>['resolve'];
  let reject!: Outcome<A>['reject'];
  const promise = new Promise<A>((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve, reject };
}
