// A queue of uploads: a few at once, the rest in the order they came.

// Whoever checks the declarations of packages needs it for `Symbol.asyncDispose`.
/// <reference lib="esnext.disposable" preserve="true" />

import { Emitter, type Event } from './emitter.js';
import { filesFrom, type Sources } from './files.js';
import { Places } from './places.js';
import { refusal, tooFew, violations } from './restrictions.js';
import { hasFailed } from './status.js';
import { aborted, type Happening, type Owner, Task } from './task.js';
import { Totals } from './totals.js';
import type {
  Asset,
  Outcome,
  RemoteAsset,
  Source,
  TotalProgress,
  UploaderEvents,
  UploaderOptions,
  UploadOptions,
  UploadTask,
  Violation,
} from './types.js';

const DEFAULT_CONCURRENCY = 4;

/** How long adding files may keep the page from anything else. */
const TURN_MILLIS = 16;

/** How often the progress of all uploads is reported at most. */
const REPORT_EVERY_MILLIS = 50;

/**
 * Uploads many files, some at a time. An upload that waits costs an object and nothing more: no timer, no request, no
 * worker.
 *
 * Every method may be called at any time, also by a listener of any event: the queue's state is up to date before an
 * event is dispatched. Uploads start in a microtask, never inside the call that adds, retries or resumes them.
 */
export class Uploader extends Emitter<UploaderEvents> {
  #options!: UploaderOptions;
  readonly #tasks = new Set<Task>();
  readonly #places = new Places();
  readonly #totals = new Totals();
  /** How each upload ended: its asset or its error. */
  readonly #ends = new Map<Task, unknown>();
  /** The uploads that ended since the last `complete`. */
  readonly #ended = new Set<Task>();
  /** The calls of `addAll` that still have files to add. */
  readonly #adding = new Set<object>();
  /** The calls of `start` that wait for the queue to become idle. */
  #starts: ((outcome: Outcome) => void)[] = [];
  readonly #owner: Owner = {
    // An upload that was resumed or retried asks for a slot.
    schedule: (task) => (task.hasBegun && this.#hasSlot ? task.start() : task.wait()),
    hear: (task, happening) => this.#hear(task, happening),
  };
  #forgetSignal = () => {};
  #proceeds = false;
  #isPaused = false;
  /** Whether there was something to do since the last `complete`. */
  #isBusy = false;
  #isSettling = false;
  #reportedAt = Number.NEGATIVE_INFINITY;
  #report: ReturnType<typeof setTimeout> | undefined;

  /**
   * Creates a queue. Its options are those of `upload()`, for every upload in it, and its own.
   * @throws {TypeError} for a `concurrency` below 1
   */
  constructor(options: UploaderOptions) {
    super();
    this.options = options;
  }

  /** The options. */
  get options(): UploaderOptions {
    return this.#options;
  }

  /**
   * Replaces the options at any time. `concurrency`, `autoProceed` and `signal` take effect at once, all others for
   * files that are added from then on. With a lower `concurrency`, uploads that run go on.
   * @throws {TypeError} for a `concurrency` below 1
   */
  set options(options: UploaderOptions) {
    const { concurrency = DEFAULT_CONCURRENCY, autoProceed = true, signal } = options;
    if (!(concurrency >= 1)) throw new TypeError(`concurrency is at least 1, not ${concurrency}`);
    this.#options = options;
    this.#forgetSignal();
    const cancel = () => this.cancelAll(signal?.reason);
    signal?.addEventListener('abort', cancel);
    this.#forgetSignal = () => signal?.removeEventListener('abort', cancel);
    this.#proceeds ||= autoProceed;
    this.#settle();
  }

  /** Every upload that was added and not removed, in order. */
  get tasks(): readonly UploadTask<RemoteAsset>[] {
    return [...this.#tasks];
  }

  /** Progress of all uploads together. It decreases only if an upload is added or retried. */
  get progress(): TotalProgress {
    return this.#totals.progress(this.#places.running);
  }

  /**
   * Adds a file. Its upload starts when it is its turn, and not before the code that adds it has returned.
   * @param options what differs from the queue's options for this upload
   * @throws {UploadError} `rejected`, if the file violates a restriction; `restriction-failed` is dispatched too
   */
  add(source: Blob, options?: Partial<UploadOptions>): UploadTask;
  /**
   * Adds a URL, or what may be either.
   * @throws {UploadError} as above
   */
  add(source: Source, options?: Partial<UploadOptions>): UploadTask<RemoteAsset>;
  add(source: Source, options?: Partial<UploadOptions>): UploadTask<RemoteAsset> {
    const { concurrency: _, autoProceed: __, restrictions = {}, ...each } = this.#options;
    const broken = violations(source, this.#totals, restrictions);
    if (broken.length > 0) {
      this.emit(['restriction-failed', source, broken]);
      throw this.#refusal(broken);
    }
    const all = { ...each, ...options, accept: restrictions.allowedFileTypes } as UploadOptions;
    const task = new Task(source, all, this.#owner);
    this.#tasks.add(task);
    this.#enter(task);
    this.emit(['file-added', task]);
    if (!task.isOver) task.follow();
    return task;
  }

  /**
   * Adds the files of a drop, a paste, an `<input>` or a list, or a single file or URL; dropped folders are walked. Call
   * it while the event is handled. Files that violate a restriction are left out, and `restriction-failed` is
   * dispatched. After `cancelAll`, it adds nothing more.
   * @returns the uploads that were added
   * @throws {AggregateError} after all others were added, if some files cannot be read
   * @throws {TypeError} if `sources` is none of these
   */
  async addAll(sources: Sources, options?: Partial<UploadOptions>): Promise<UploadTask<RemoteAsset>[]> {
    const call = {};
    this.#adding.add(call);
    try {
      const { files, errors } = await filesFrom(sources);
      const added: UploadTask<RemoteAsset>[] = [];
      let turn = performance.now();
      for (const file of files) {
        if (performance.now() - turn > TURN_MILLIS) {
          await new Promise((resolve) => setTimeout(resolve));
          turn = performance.now();
        }
        if (!this.#adding.has(call)) return added;
        try {
          added.push(this.add(file, options));
        } catch {
          // Listeners of `restriction-failed` know.
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, `${errors.length} cannot be added`);
      return added;
    } finally {
      this.#adding.delete(call);
      this.#settle();
    }
  }

  /** Removes an upload from the queue, and aborts it if it is not over. It never starts again. */
  remove(task: UploadTask<RemoteAsset>): void {
    const removed = task as Task;
    if (!this.#tasks.delete(removed)) return;
    removed.isClosed = true;
    this.#places.drop(removed);
    this.#totals.drop(removed);
    this.#ends.delete(removed);
    this.#ended.delete(removed);
    removed.abort();
    this.emit(['file-removed', removed]);
    this.#progressed();
    this.#settle();
  }

  /**
   * Starts the queue if `autoProceed` is off. Resolves when the queue is idle, with what `complete` is dispatched with;
   * at once if there is nothing to do. Paused uploads are waited for.
   * @throws {UploadError} `rejected`, with fewer files than `minNumberOfFiles`
   */
  async start(): Promise<Outcome> {
    const broken = tooFew(this.#totals, this.#options.restrictions ?? {});
    if (broken.length > 0) throw this.#refusal(broken);
    this.#proceeds = true;
    this.#settle();
    return await new Promise((resolve) => this.#starts.push(resolve));
  }

  /**
   * Pauses all running uploads. Nothing starts until `resumeAll`, but an upload that had started and is resumed by
   * itself continues.
   */
  pauseAll(): void {
    this.#isPaused = true;
    for (const task of this.#places.all()) if (task.hasBegun) task.pause();
  }

  /** Resumes all paused uploads, and starts those that wait. */
  resumeAll(): void {
    this.#isPaused = false;
    for (const task of this.#places.all()) task.resume();
    this.#settle();
  }

  /**
   * Retries all uploads that failed or were aborted, except those whose error is `unclear`: the provider may have made
   * an asset, and a retry could create a second one. `task.retry()` retries these too.
   */
  retryAll(): void {
    for (const task of [...this.#tasks])
      if (hasFailed(task.status) && !(Object(this.#ends.get(task)) as { unclear?: boolean }).unclear) task.retry();
  }

  /** Aborts all uploads that are not over. Running calls of `addAll` add nothing more. */
  cancelAll(reason: unknown = aborted()): void {
    this.#adding.clear();
    for (const task of this.#places.all()) task.abort(reason);
    this.#settle();
  }

  /** Aborts all uploads that are not over, for good: a retry does nothing. Resolves when none runs any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#forgetSignal();
    for (const task of this.#tasks) task.isClosed = true;
    this.cancelAll();
    await Promise.allSettled([...this.#tasks].map(({ result }) => result));
  }

  get #hasSlot(): boolean {
    return this.#places.running.size < (this.#options.concurrency ?? DEFAULT_CONCURRENCY);
  }

  /** Brings the queue's state up to date with an upload. */
  #enter(task: Task): void {
    this.#places.put(task);
    this.#totals.count(task);
    if (task.isOver) this.#ended.add(task);
    else {
      // The page may listen for `upload-error` only. Each retry has a new result.
      task.result.catch(() => {});
      this.#isBusy = true;
    }
    this.#settle();
  }

  /** The state comes first: a listener may do anything. */
  #hear(task: Task, happening: Happening<Asset>): void {
    const { type } = happening;
    const isOver = type === 'success' || type === 'error';
    if (this.#tasks.has(task)) {
      if (isOver) this.#ends.set(task, type === 'success' ? happening.asset : happening.error);
      if (isOver || type === 'status') this.#enter(task);
      else this.#totals.count(task);
    }
    if (type === 'error') this.emit(['upload-error', task, happening.error]);
    else {
      const event: Event<UploaderEvents> = ['upload-event', task, happening];
      if (type === 'success') this.emit(event, ['upload-success', task, happening.asset]);
      else if (type === 'progress') this.emit(event, ['upload-progress', task, happening.progress]);
      else if (type === 'retry') this.emit(event, ['upload-retry', task, happening.retry]);
      else this.emit(event);
    }
    if (isOver || type === 'progress') this.#progressed();
  }

  /** Fills free slots, and completes the queue if nothing is left to do, once the present code has returned. */
  #settle(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    queueMicrotask(() => {
      this.#isSettling = false;
      this.#fill();
      // The progress of what is complete comes first, and its listeners may add something.
      if (this.#isIdle && this.#isBusy) this.#reportProgress();
      if (this.#isIdle) this.#finish();
    });
  }

  get #isIdle(): boolean {
    return this.#places.size + this.#adding.size === 0;
  }

  #fill(): void {
    while (this.#hasSlot) {
      const task = this.#places.next(this.#proceeds && !this.#isPaused);
      if (!task) return;
      const isNew = !task.hasBegun;
      task.start();
      // Not if its signal had aborted, or a listener has aborted it.
      if (isNew && task.status === 'uploading') this.emit(['upload-start', task]);
    }
  }

  #finish(): void {
    const outcome: Outcome = { successful: [], failed: [] };
    for (const task of this.#ended) {
      const list: unknown[] = task.status === 'succeeded' ? outcome.successful : outcome.failed;
      list.push(this.#ends.get(task));
    }
    const [starts, isBusy] = [this.#starts, this.#isBusy];
    this.#ended.clear();
    this.#starts = [];
    this.#isBusy = false;
    for (const resolve of starts) resolve(outcome);
    if (isBusy) this.emit(['complete', outcome]);
  }

  /** Reports the progress of all uploads when it is due: thousands may be cancelled at once. */
  #progressed(): void {
    if (this.#report !== undefined || !this.isHeard('progress')) return;
    const wait = this.#reportedAt + REPORT_EVERY_MILLIS - performance.now();
    if (wait > 0) this.#report = setTimeout(() => this.#reportProgress(), wait);
    else this.#reportProgress();
  }

  #reportProgress(): void {
    clearTimeout(this.#report);
    this.#report = undefined;
    this.#reportedAt = performance.now();
    this.emit(['progress', this.progress]);
  }

  #refusal(broken: Violation[]): Error {
    return refusal(broken, this.#options.messages);
  }
}
