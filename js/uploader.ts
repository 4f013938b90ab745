// A queue of uploads: a few at once, the rest in the order they came.

// Whoever checks the declarations of packages needs it for `Symbol.asyncDispose`.
/// <reference lib="esnext.disposable" preserve="true" />

import { perform } from './core.js';
import { Emitter } from './emitter.js';
import { filesFrom, type Sources } from './files.js';
import { contentViolations, refusal, tooFew, tooMany, violations } from './restrictions.js';
import { hasFailed } from './status.js';
import { type Happening, type Owner, Task } from './task.js';
import type {
  Asset,
  Media,
  Outcome,
  RemoteAsset,
  Restrictions,
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

/** How often all uploads together are reported at most. */
const REPORT_EVERY_MILLIS = 50;

/** Uploads many files. One that waits costs an object and nothing more: no timer, no request, no worker. */
export class Uploader extends Emitter<UploaderEvents> {
  #options!: UploaderOptions;
  /** What of the options is each upload's. */
  #each!: Partial<UploadOptions>;
  readonly #tasks = new Set<Task>();
  readonly #waiting = new Set<Task>();
  readonly #running = new Set<Task>();
  /** What `complete` will tell of. */
  readonly #ended = new Set<Task>();
  readonly #owner: Owner;
  #forgetSignal = () => {};
  #bytes = 0;
  #proceeds = false;
  #isPaused = false;
  #reportedAt = Number.NEGATIVE_INFINITY;
  #isReporting = false;

  /**
   * Takes options for every upload in it, and its own.
   * @throws {TypeError} for a `concurrency` below 1
   */
  constructor(options: UploaderOptions) {
    super();
    this.#owner = { schedule: (task) => this.#enqueue(task), inspect: (task, signal) => this.#inspect(task, signal) };
    this.options = options;
  }

  /** Its options. */
  get options(): UploaderOptions {
    return this.#options;
  }

  /**
   * Takes others in their place, at any time: how many run and what is refused change at once, all else for what is added
   * from then on.
   * @throws {TypeError} for a `concurrency` below 1
   */
  set options(options: UploaderOptions) {
    const { concurrency = DEFAULT_CONCURRENCY, autoProceed = true, restrictions: _, ...each } = options;
    const { signal } = each;
    if (!(concurrency >= 1)) throw new TypeError(`concurrency is at least 1, not ${concurrency}`);
    this.#options = options;
    this.#each = each;
    this.#forgetSignal();
    const follow = () => this.cancelAll(signal?.reason);
    signal?.addEventListener('abort', follow);
    this.#forgetSignal = () => signal?.removeEventListener('abort', follow);
    this.#proceeds ||= autoProceed;
    this.#fill();
  }

  /** Every upload that was added and not removed, in order. */
  get tasks(): readonly UploadTask<RemoteAsset>[] {
    return [...this.#tasks];
  }

  /** How far all of them are together. It goes back only where one is added or begins again. */
  get progress(): TotalProgress {
    const total = {
      fraction: 0,
      sentBytes: 0,
      totalBytes: this.#bytes,
      files: this.#tasks.size,
      succeeded: 0,
      failed: 0,
    };
    let bytesPerSecond = 0;
    for (const { status, progress } of this.#tasks) {
      total.sentBytes += progress.sentBytes;
      // Where there are no bytes, for the provider fetches an address, each counts the same.
      total.fraction += progress.fraction * (this.#bytes ? progress.totalBytes / this.#bytes : 1 / this.#tasks.size);
      if (status === 'succeeded') total.succeeded += 1;
      if (hasFailed(status)) total.failed += 1;
      if (status === 'uploading') bytesPerSecond += progress.bytesPerSecond ?? 0;
    }
    total.fraction = total.succeeded === total.files && total.files > 0 ? 1 : Math.min(total.fraction, 1);
    if (!bytesPerSecond) return total;
    return { ...total, bytesPerSecond, secondsLeft: (total.totalBytes - total.sentBytes) / bytesPerSecond };
  }

  /**
   * Adds a file. It begins when it is its turn, and not before the code that adds it is through.
   * @param options what this upload has otherwise than the queue
   * @throws {UploadError} `rejected`, where it breaks a restriction; `restriction-failed` tells of it too
   */
  add(source: Blob, options?: Partial<UploadOptions>): UploadTask;
  /**
   * Adds an address, or what may be either.
   * @throws {UploadError} as above
   */
  add(source: Source, options?: Partial<UploadOptions>): UploadTask<RemoteAsset>;
  add(source: Source, options?: Partial<UploadOptions>): UploadTask<RemoteAsset> {
    const queued = { files: this.#tasks.size, bytes: this.#bytes };
    const isFile = source instanceof Blob;
    const broken = isFile ? violations(source, queued, this.#restrictions) : tooMany(queued, this.#restrictions);
    if (broken.length > 0) {
      this.emit('restriction-failed', source, broken);
      throw this.#refusal(broken);
    }
    const task = new Task(source, { ...this.#each, ...options } as UploadOptions, this.#owner);
    task.watch((happening) => this.#hear(task, happening));
    this.#tasks.add(task);
    this.#bytes += task.progress.totalBytes;
    this.emit('file-added', task);
    this.#enqueue(task);
    return task;
  }

  /**
   * Adds all files of a drop, a paste, an `<input>` or a list; folders are walked. Call it while the event is handled.
   * What breaks a restriction is left out, and `restriction-failed` tells of it.
   * @throws {AggregateError} after the others were added, where some could not be read
   */
  async addAll(sources: Sources, options?: Partial<UploadOptions>): Promise<UploadTask<RemoteAsset>[]> {
    const { files, errors } = await filesFrom(sources);
    const added: UploadTask<RemoteAsset>[] = [];
    let turn = performance.now();
    for (const file of files) {
      if (performance.now() - turn > TURN_MILLIS) {
        await new Promise((resolve) => setTimeout(resolve));
        turn = performance.now();
      }
      try {
        added.push(this.add(file, options));
      } catch {
        // `restriction-failed` has told of it.
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} of what was dropped cannot be read`);
    return added;
  }

  /** Takes an upload out of the queue; one that is not over is aborted. */
  remove(task: UploadTask<RemoteAsset>): void {
    if (!this.#tasks.delete(task as Task)) return;
    task.abort();
    this.#bytes -= task.progress.totalBytes;
    this.emit('file-removed', task);
    this.#report();
  }

  /**
   * Begins, where `autoProceed` is off, and gives what came of it once nothing is left to do.
   * @throws {UploadError} `rejected`, with fewer files than `minNumberOfFiles`
   */
  async start(): Promise<Outcome> {
    const broken = tooFew({ files: this.#tasks.size, bytes: this.#bytes }, this.#restrictions);
    if (broken.length > 0) throw this.#refusal(broken);
    this.#proceeds = true;
    if (this.#isIdle) return { successful: [], failed: [] };
    const outcome = new Promise<Outcome>((resolve) => this.on('complete', resolve, { once: true }));
    this.#fill();
    return await outcome;
  }

  /** Pauses what runs, and begins nothing more until `resumeAll`. */
  pauseAll(): void {
    this.#isPaused = true;
    for (const task of this.#running) task.pause();
  }

  /** Goes on with all that are paused, and begins those that wait. */
  resumeAll(): void {
    this.#isPaused = false;
    for (const task of [...this.#running, ...this.#waiting]) task.resume();
    this.#fill();
  }

  /** Begins again with all that have failed or were aborted. */
  retryAll(): void {
    for (const task of this.#tasks) if (hasFailed(task.status)) task.retry();
  }

  /** Aborts all that are not over. */
  cancelAll(reason?: unknown): void {
    for (const task of [...this.#waiting, ...this.#running]) task.abort(reason);
  }

  /** Aborts what is not over, and waits until nothing runs any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#forgetSignal();
    this.cancelAll();
    await Promise.allSettled([...this.#tasks].map(({ result }) => result));
  }

  get #concurrency(): number {
    return this.#options.concurrency ?? DEFAULT_CONCURRENCY;
  }

  get #restrictions(): Restrictions {
    return this.#options.restrictions ?? {};
  }

  get #isIdle(): boolean {
    return this.#waiting.size === 0 && this.#running.size === 0;
  }

  #enqueue(task: Task): void {
    // Who only listens for `upload-error` hears of a failure. Each new try has a new result.
    task.result.catch(() => {});
    this.#ended.delete(task);
    this.#waiting.add(task);
    // Who has just added it can listen before it begins.
    queueMicrotask(() => this.#fill());
  }

  #fill(): void {
    if (!this.#proceeds || this.#isPaused) return;
    for (const task of this.#waiting) {
      if (this.#active >= this.#concurrency) return;
      if (task.status !== 'queued') continue;
      this.#waiting.delete(task);
      this.#running.add(task);
      task.start();
      // It does not begin where its signal has aborted already.
      if (!task.isOver) this.emit('upload-start', task);
    }
  }

  /** A paused upload leaves its place to another. */
  get #active(): number {
    let active = 0;
    for (const { status } of this.#running) if (status === 'uploading') active += 1;
    return active;
  }

  #hear(task: Task, happening: Happening<Asset>): void {
    if (happening.type !== 'error') this.emit('upload-event', task, happening);
    switch (happening.type) {
      case 'progress':
        this.emit('upload-progress', task, happening.progress);
        if (performance.now() - this.#reportedAt >= REPORT_EVERY_MILLIS) this.#report();
        break;
      case 'retry':
        this.emit('upload-retry', task, happening.retry);
        break;
      case 'status':
        if (happening.status === 'paused') this.#fill();
        break;
      case 'success':
        this.#end(task, () => this.emit('upload-success', task, happening.asset));
        break;
      case 'error':
        this.#end(task, () => this.emit('upload-error', task, happening.error));
        break;
    }
  }

  #end(task: Task, tell: () => void): void {
    this.#waiting.delete(task);
    this.#running.delete(task);
    this.#ended.add(task);
    tell();
    this.#report();
    this.#fill();
    if (this.#isIdle) void this.#completed();
  }

  async #completed(): Promise<void> {
    const results = await Promise.allSettled([...this.#ended].map(({ result }) => result));
    if (!this.#isIdle || this.#ended.size === 0) return;
    this.#ended.clear();
    const successful = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    this.emit('complete', { successful, failed });
  }

  /** Tells how far all are, once for all that happens at once: thousands may be cancelled together. */
  #report(): void {
    this.#reportedAt = performance.now();
    if (this.#isReporting || !this.isHeard('progress')) return;
    this.#isReporting = true;
    queueMicrotask(() => {
      this.#isReporting = false;
      this.emit('progress', this.progress);
    });
  }

  /** Whatever a file calls itself, its content must be what is allowed. */
  async #inspect({ source }: Task, signal: AbortSignal): Promise<void> {
    if (!(this.#restrictions.allowedFileTypes && source instanceof Blob)) return;
    const { messages } = this.#options;
    const media = await perform<Media>('{"method":"probe"}', source, { signal, messages });
    const broken = contentViolations(media, this.#restrictions);
    if (broken.length > 0) throw this.#refusal(broken);
  }

  #refusal(broken: Violation[]): Error {
    return refusal(broken, this.#options.messages);
  }
}
