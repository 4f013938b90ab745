// What a list of uploads shows: each upload as it is now, in values that do not change.

import { isBlob, isFile } from './realm.js';
import type {
  Asset,
  Media,
  Progress,
  RemoteAsset,
  Retry,
  Source,
  Stage,
  Status,
  TotalProgress,
  UploadEvent,
  UploadTask,
  Violation,
} from './types.js';
import type { Uploader } from './uploader.js';

/** An upload in a queue. */
export type Task = UploadTask<RemoteAsset>;

/** A try to come. */
export interface Waiting extends Retry {
  /** When, in milliseconds since 1970. */
  at: number;
}

/** One upload at a moment. While nothing happens to it, it stays the same object. */
export interface Upload {
  /** Tells it from the page's other uploads. */
  readonly id: string;
  /** The file's name, or the address without what may be a secret. */
  readonly name: string;
  /** What is uploaded. */
  readonly source: Source;
  /** How it is doing. */
  readonly status: Status;
  /** The stage that is running, or was when it ended. */
  readonly stage: Stage | undefined;
  /** How far it is. */
  readonly progress: Progress;
  /** What the file is, once that is known. */
  readonly media: Media | undefined;
  /** What the provider would rather have otherwise, and what could not be checked. */
  readonly advice: readonly Violation[];
  /** Why it waits for another try. */
  readonly retry: Waiting | undefined;
  /** What the provider made of it; `media` and `sha256` only of a file. */
  readonly asset: (RemoteAsset & Partial<Pick<Asset, 'media' | 'sha256'>>) | undefined;
  /** Why it failed, or was aborted. */
  readonly error: unknown;
  /** Pauses, resumes, repeats and aborts it. */
  readonly task: UploadTask<RemoteAsset>;
}

/** All uploads of a queue at a moment. */
export interface Snapshot {
  readonly uploads: readonly Upload[];
  readonly progress: TotalProgress;
}

/** How long there is at least between two reports: a frame. */
const FRAME_MILLIS = 16;

/**
 * Follows a queue, and reports which uploads have changed: progress once a frame, all else at once, but not more often
 * than that. What one report costs does not depend on how many uploads there are.
 */
export class Uploads {
  readonly #uploader: Uploader;
  readonly #known = new Map<Task, Upload>();
  readonly #watchers = new Set<(changed: Iterable<Task>) => void>();
  #changed = new Set<Task>();
  #snapshot: Snapshot | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #isDue = false;
  #isFrameDue = false;

  constructor(uploader: Uploader) {
    this.#uploader = uploader;
    uploader.on('file-added', (task) => this.#set(task, begun(task)));
    uploader.on('file-removed', (task) => {
      this.#known.delete(task);
      this.#report(task);
    });
    uploader.on('upload-event', (task, event) =>
      this.#change(task, (upload) => news(upload, event), event.type === 'progress'),
    );
    uploader.on('upload-error', (task, error) =>
      this.#change(task, () => ({ status: task.status, error, retry: undefined })),
    );
  }

  /** Every upload now, in the queue's order. */
  get all(): ReadonlyMap<Task, Upload> {
    return this.#known;
  }

  /** All uploads as last reported. */
  readonly current = (): Snapshot => {
    this.#snapshot ??= { uploads: [...this.#known.values()], progress: this.#uploader.progress };
    return this.#snapshot;
  };

  /** Calls the watcher after changes. Returns an unsubscribe function. */
  readonly watch = (watcher: (changed: Iterable<Task>) => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  readonly #flush = (): void => {
    this.#isDue = false;
    this.#toldAt = performance.now();
    const changed = this.#changed;
    if (changed.size === 0) return;
    this.#changed = new Set();
    this.#snapshot = undefined;
    for (const watcher of this.#watchers) watcher(changed);
  };

  #change(task: Task, news: (upload: Upload) => Partial<Upload>, canWait = false): void {
    const upload = this.#known.get(task);
    if (upload) this.#set(task, { ...upload, ...news(upload) }, canWait);
  }

  #set(task: Task, upload: Upload, canWait = false): void {
    this.#known.set(task, upload);
    this.#report(task, canWait);
  }

  #report(task: Task, canWait = false): void {
    this.#changed.add(task);
    if (this.#isDue) return;
    if (!canWait) {
      this.#isDue = true;
      const wait = this.#toldAt + FRAME_MILLIS - performance.now();
      // Not by frames, for a page that nobody sees has none. Thousands of files that are added at once are one change.
      if (wait > 0) setTimeout(this.#flush, wait);
      else queueMicrotask(this.#flush);
    } else if (!this.#isFrameDue) {
      this.#isFrameDue = true;
      requestAnimationFrame(() => {
        this.#isFrameDue = false;
        this.#flush();
      });
    }
  }
}

function begun(task: Task): Upload {
  const { id, source, status } = task;
  return { id, name: nameOf(source), source, status, task, media: undefined, ...fresh(task) };
}

/** What a new try begins with. */
function fresh({ stage, progress }: Task) {
  return { stage, progress, advice: [], retry: undefined, asset: undefined, error: undefined };
}

function news({ task, status }: Upload, event: UploadEvent<RemoteAsset>): Partial<Upload> {
  switch (event.type) {
    case 'status':
      // A retry begins anew; one that was paused keeps what it has.
      if (event.status === 'queued' && status !== 'paused') return { status: event.status, ...fresh(task) };
      return { status: event.status };
    case 'stage':
      return { stage: event.stage, retry: undefined };
    case 'inspected':
      return { media: event.media };
    case 'advice':
      return { advice: event.advice };
    case 'progress':
      return { progress: event.progress, retry: undefined };
    case 'retry':
      return { retry: { ...event.retry, at: Date.now() + event.retry.delayMillis } };
    case 'success':
      return { status: 'succeeded', asset: event.asset, progress: task.progress, retry: undefined };
  }
}

/** The file's name, or the address without what may be a secret; empty where there is none. */
export function nameOf(source: Source): string {
  if (isBlob(source)) return isFile(source) ? source.name : '';
  try {
    const { origin, protocol, pathname } = new URL(source);
    return origin === 'null' ? protocol : origin + pathname;
  } catch {
    return '';
  }
}
