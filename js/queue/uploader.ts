// A queue of uploads that runs some at a time, in the order in which they were added.

// TypeScript needs it for `Symbol.asyncDispose` if it checks the declarations of packages.
/// <reference lib="esnext.disposable" preserve="true" />

import { assertOptions } from '../api/assert-options.js';
import type {
  Asset,
  QueueResult,
  RemoteAsset,
  ResumableUpload,
  ResumedUpload,
  Source,
  TotalProgress,
  UploaderOptions,
  UploadOverrides,
  UploadTask,
  Violation,
} from '../api/types.js';
import { discardParts } from '../upload/discard.js';
import type { TaskEvent } from '../upload/event-stream.js';
import { hasFailed } from '../upload/status.js';
import { aborted, type TaskOwner, UploadTaskImpl } from '../upload/upload-task.js';
import { type FileSources, filesFrom } from './dropped-files.js';
import { type DueEvent, QueueEvents } from './events.js';
import { isUnknown, resultOf } from './outcomes.js';
import { checkNames, rejection, tooFew, violations } from './restrictions.js';
import { Resumption } from './resumption.js';
import { Slots } from './slots.js';
import { Throttle } from './throttle.js';
import { Totals } from './totals.js';
import { uploadOptions } from './upload-options.js';

/** How long adding files may block the page. */
const MAX_BLOCK_MILLIS = 8;

/** The minimum time between two reports of the total progress. */
const PROGRESS_INTERVAL_MILLIS = 50;

/**
 * A queue that uploads several files at a time. A queued upload costs one object: no timer, request or worker.
 *
 * Every method may be called at any time, also by an event listener: the state is up to date before an event is dispatched.
 * Uploads start in a microtask, never inside the call that adds, retries or resumes them.
 *
 * @example
 * ```ts
 * const uploader = new Uploader({ provider: 'modelhunter', concurrency: 3 });
 * uploader.on('upload-success', (task, { ref }) => console.log(ref));
 * uploader.on('complete', ({ successful, failed }) => console.log(successful.length, failed.length));
 * input.addEventListener('change', () => uploader.addAll(input.files ?? []));
 * ```
 */
export class Uploader extends QueueEvents {
  #options!: UploaderOptions;
  readonly #tasks = new Set<UploadTaskImpl>();
  readonly #slots = new Slots();
  readonly #totals = new Totals();
  /** The uploads that ended since the last `complete`. */
  readonly #ended = new Set<UploadTaskImpl>();
  /** The calls of `addAll` that are not finished. */
  readonly #adding = new Set<object>();
  /** Resolvers of `start()` calls, for when the queue becomes idle. */
  #starts: ((result: QueueResult) => void)[] = [];
  readonly #progress = new Throttle(() => this.emit(['progress', this.progress]), PROGRESS_INTERVAL_MILLIS);
  readonly #resumption = new Resumption(
    () => this.#options.resume,
    (error) => this.#onResumeUnavailable(error),
  );
  readonly #owner: TaskOwner = {
    resumptionOf: (task) => this.#resumption.of(task),
    // An upload that was resumed or retried needs a slot.
    schedule: (task) => (task.hasBegun && this.#hasSlot ? task.start() : task.wait()),
    onAsking: () => this.#schedule(),
    onEvent: (task, event) => this.#onTaskEvent(task, event),
  };
  #forgetSignal = () => {};
  /** Whether `resume-unavailable` was dispatched. */
  #isUnresumable = false;
  #isStarted = false;
  #isPaused = false;
  /** Whether an upload was added or retried since the last `complete`. */
  #isBusy = false;
  #isScheduled = false;

  /**
   * Creates a queue. Its options include those of `upload()`, which apply to every upload in the queue.
   * @throws {TypeError} if `concurrency` is below 1, or a restriction does not exist
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
   * Replaces the options. `concurrency`, `autoProceed` and `signal` take effect immediately, all others for files that are
   * added later. A lower `concurrency` does not stop running uploads.
   * @throws {TypeError} if `concurrency` is below 1, or a restriction does not exist
   */
  set options(options: UploaderOptions) {
    assertOptions(options, 'an Uploader');
    const { concurrency, autoProceed = true, restrictions = {}, signal } = options;
    checkNames(restrictions);
    if (concurrency !== undefined && !(concurrency >= 1))
      throw new TypeError(`concurrency must be at least 1, not ${concurrency}`);
    this.#options = options;
    this.#forgetSignal();
    const cancel = () => this.cancelAll(signal?.reason);
    if (signal?.aborted) cancel();
    signal?.addEventListener('abort', cancel);
    this.#forgetSignal = () => signal?.removeEventListener('abort', cancel);
    this.#isStarted ||= autoProceed;
    this.#schedule();
  }

  /** Every upload that was added and not removed, in order. */
  get tasks(): readonly UploadTask<RemoteAsset>[] {
    return [...this.#tasks];
  }

  /** The progress of all uploads together. It decreases only if an upload is added, retried or removed,
   * or if a fix changes the size of its file. */
  get progress(): TotalProgress {
    return this.#totals.progress(this.#slots.running);
  }

  /**
   * Adds a file. Its upload starts when it is its turn, and never before the calling code has returned.
   * @param options options that override the queue's options for this upload. With another provider, the queue's options for
   * its own provider do not apply
   * @throws {UploadError} `rejected`, if the file violates a restriction; `restriction-failed` is dispatched, too
   */
  add(source: Blob, options?: UploadOverrides): UploadTask;
  /**
   * Adds a file or a URL.
   * @throws {UploadError} `rejected`, if the file violates a restriction; `restriction-failed` is dispatched, too
   */
  add(source: Source, options?: UploadOverrides): UploadTask<RemoteAsset>;
  add(source: Source, options?: UploadOverrides): UploadTask<RemoteAsset> {
    const broken = violations(source, this.#totals, this.#options.restrictions ?? {});
    if (broken.length > 0) {
      this.emit(['restriction-failed', source, broken]);
      throw this.#rejection(broken);
    }
    const task = new UploadTaskImpl(source, uploadOptions(this.#options, options), this.#owner);
    this.#tasks.add(task);
    this.#update(task);
    this.emit(['file-added', task]);
    if (!task.isOver) task.follow();
    return task;
  }

  /**
   * Adds the files of a drop, a paste, an `<input>` or a list, or a single file or URL. Dropped folders are traversed. Call
   * it in the event handler. Files that violate a restriction are not added, and `restriction-failed` is dispatched for
   * each. `cancelAll()` also stops running calls of `addAll()`.
   * @returns the uploads that were added
   * @throws {AggregateError} if some files cannot be read, after all others were added
   * @throws {TypeError} if `sources` is none of these
   */
  async addAll(sources: FileSources, options?: UploadOverrides): Promise<UploadTask<RemoteAsset>[]> {
    const call = {};
    this.#adding.add(call);
    try {
      let turn = performance.now();
      const { files, errors } = await filesFrom(sources);
      const added: UploadTask<RemoteAsset>[] = [];
      for (const file of files) {
        if (performance.now() - turn > MAX_BLOCK_MILLIS) {
          await new Promise((resolve) => setTimeout(resolve));
          turn = performance.now();
        }
        if (!this.#adding.has(call)) return added;
        try {
          added.push(this.add(file, options));
        } catch {
          // `restriction-failed` was dispatched.
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, `${errors.length} of the files could not be read`);
      return added;
    } finally {
      this.#adding.delete(call);
      this.#schedule();
    }
  }

  /** Removes an upload from the queue, and aborts it if it is not over. It cannot be retried. */
  remove(task: UploadTask<RemoteAsset>): void {
    const removed = task as UploadTaskImpl;
    if (!this.#tasks.delete(removed)) return;
    removed.isClosed = true;
    this.#slots.drop(removed);
    this.#totals.drop(removed);
    this.#ended.delete(removed);
    removed.abort();
    removed.discard();
    this.#resumption.drop(removed);
    this.emit(['file-removed', removed]);
    this.#progress.request();
    this.#schedule();
  }

  /**
   * Starts the queue if `autoProceed` is `false`. Resolves when every upload is over, to the same result as the event
   * `complete`; immediately if there is none. Paused uploads are not over.
   * @throws {UploadError} `rejected`, if there are fewer files than `minNumberOfFiles`
   */
  async start(): Promise<QueueResult> {
    const broken = tooFew(this.#totals, this.#options.restrictions ?? {});
    if (broken.length > 0) throw this.#rejection(broken);
    this.#isStarted = true;
    this.#schedule();
    return await new Promise((resolve) => this.#starts.push(resolve));
  }

  /**
   * Pauses all running uploads. No queued upload starts until `resumeAll()`. A single upload can be resumed with its own
   * `resume()`.
   */
  pauseAll(): void {
    this.#isPaused = true;
    for (const task of this.#slots.all()) if (task.hasBegun) task.pause();
  }

  /** Resumes all paused uploads, and starts queued ones. */
  resumeAll(): void {
    this.#isPaused = false;
    for (const task of this.#slots.all()) task.resume();
    this.#schedule();
  }

  /**
   * Retries all uploads that failed or were aborted, except those whose error has `outcomeUnknown`: the provider may have
   * created an asset, and a retry could create a second one. `task.retry()` retries these, too.
   */
  retryAll(): void {
    for (const task of [...this.#tasks]) if (hasFailed(task.status) && !isUnknown(task)) task.retry();
  }

  /** Aborts all uploads that are not over, and stops running calls of `addAll()`. */
  cancelAll(reason: unknown = aborted()): void {
    this.#adding.clear();
    for (const task of this.#slots.all()) task.abort(reason);
    this.#schedule();
  }

  /** Lists the uploads that were interrupted, also by other queues of this origin, and that no tab is uploading. */
  async resumable(): Promise<ResumableUpload[]> {
    return await this.#resumption.list();
  }

  /**
   * Adds an interrupted upload again; its stored parts are not sent again. Without a `file`, the browser's access to the file
   * is used, for which it may ask the user: call it in the handler of a click. A file with any other content fails with the
   * code `different_file`.
   * @param id the `id` of an upload that `resumable()` lists
   * @throws {ResumeError} if it cannot be resumed now
   * @throws {UploadError} `rejected`, as `add` does
   */
  async resume(id: string, file?: Blob): Promise<ResumedUpload> {
    let task: UploadTask | undefined;
    await this.#resumption.resume(id, file, this.#options.provider, (source, options) => {
      task = this.add(source, options as UploadOverrides);
      return task as UploadTaskImpl;
    });
    return { task: task as unknown as UploadTask };
  }

  /** Forgets an interrupted upload, or all of them, and deletes their stored parts. */
  async forget(id?: string): Promise<void> {
    for (const { options, continuation } of await this.#resumption.forget(id, this.#options.provider))
      discardParts(uploadOptions(this.#options, options as UploadOverrides), continuation);
  }

  /** Aborts all uploads that are not over. None can be retried. Resolves when every upload has settled. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#forgetSignal();
    for (const task of this.#tasks) task.isClosed = true;
    this.cancelAll();
    await Promise.allSettled([...this.#tasks].map(({ result }) => result));
  }

  get #hasSlot(): boolean {
    return this.#slots.hasRoom(this.#options.concurrency);
  }

  /** Updates the queue's state after an upload's status has changed. */
  #update(task: UploadTaskImpl): void {
    this.#slots.put(task);
    this.#totals.count(task);
    if (task.isOver) this.#ended.add(task);
    else this.#isBusy = true;
    this.#schedule();
  }

  /** Updates the state before it dispatches events, because a listener may call any method. */
  #onTaskEvent(task: UploadTaskImpl, event: TaskEvent<Asset>): void {
    const { type } = event;
    const isOver = type === 'success' || type === 'error';
    if (this.#tasks.has(task)) {
      if (isOver) this.#resumption.end(task, type === 'error' ? event.error : undefined);
      if (isOver || type === 'status') this.#update(task);
      else this.#totals.count(task);
    }
    if (type === 'error') this.emit(['upload-error', task, event.error]);
    else {
      const any: DueEvent = ['upload-event', task, event];
      if (type === 'success') this.emit(any, ['upload-success', task, event.asset]);
      else if (type === 'progress') this.emit(any, ['upload-progress', task, event.progress]);
      else if (type === 'retry') this.emit(any, ['upload-retry', task, event.retry]);
      else this.emit(any);
    }
    if (isOver || type === 'progress') this.#progress.request();
  }

  /** In a microtask, fills free slots and, if every upload is over, finishes. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#fill();
      // The final progress comes before `complete`, and its listeners may add files.
      if (this.#isIdle && this.#isBusy) this.#progress.flush();
      if (this.#isIdle) this.#finish();
    });
  }

  get #isIdle(): boolean {
    return this.#slots.size + this.#adding.size === 0;
  }

  #fill(): void {
    while (this.#hasSlot) {
      const task = this.#slots.next(this.#isStarted && !this.#isPaused);
      if (!task) return;
      const isNew = !task.hasBegun;
      task.start();
      // Its signal or a listener may have aborted it.
      if (isNew && task.status === 'uploading') this.emit(['upload-start', task]);
    }
  }

  #finish(): void {
    const result = resultOf(this.#ended);
    this.#ended.clear();
    const [starts, isBusy] = [this.#starts, this.#isBusy];
    this.#starts = [];
    this.#isBusy = false;
    for (const resolve of starts) resolve(result);
    if (isBusy) this.emit(['complete', result]);
  }

  #onResumeUnavailable(error: unknown): void {
    if (!this.#isUnresumable) this.emit(['resume-unavailable', error]);
    this.#isUnresumable = true;
  }

  #rejection(broken: Violation[]): Error {
    return rejection(broken, this.#options.messages);
  }
}
