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

/** How soon a change is reported. */
type When = 'now' | 'soon' | 'with the next frame';

/**
 * Follows a queue, and reports which uploads have changed: at once what came and went, progress with the next frame, and all
 * else at once, but not more often than that. What one report costs does not depend on how many uploads there are.
 */
export class Uploads {
  readonly #uploader: Uploader;
  readonly #known = new Map<Task, Upload>();
  readonly #watchers = new Set<(changed: Iterable<Task>) => void>();
  #changed = new Set<Task>();
  #snapshot: Snapshot | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #isDue = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame: number | undefined;

  constructor(uploader: Uploader) {
    this.#uploader = uploader;
    uploader.on('file-added', (task) => {
      this.#known.set(task, begun(task));
      this.#report(task, 'now');
    });
    uploader.on('file-removed', (task) => {
      this.#known.delete(task);
      this.#report(task, 'now');
    });
    uploader.on('upload-event', (task, event) => this.#change(task, (upload) => news(upload, event), event.type));
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

  /** Reports what has changed so far. */
  readonly flush = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#toldAt = performance.now();
    const changed = this.#changed;
    if (changed.size === 0) return;
    this.#changed = new Set();
    this.#snapshot = undefined;
    for (const watcher of this.#watchers) watcher(changed);
  };

  #change(task: Task, news: (upload: Upload) => Partial<Upload>, type?: UploadEvent['type']): void {
    const upload = this.#known.get(task);
    if (!upload) return;
    this.#known.set(task, { ...upload, ...news(upload) });
    this.#report(task, type === 'progress' ? 'with the next frame' : 'soon');
  }

  #report(task: Task, when: When): void {
    // Thousands of files that are added at once are one change.
    if (when === 'now' && !this.#isDue) {
      this.#isDue = true;
      queueMicrotask(() => {
        this.#isDue = false;
        this.flush();
      });
    }
    this.#changed.add(task);
    if (when === 'soon') {
      const wait = this.#toldAt + FRAME_MILLIS - performance.now();
      if (wait <= 0) this.#report(task, 'now');
      // Not by frames, for a page that nobody sees has none.
      else this.#timer ??= setTimeout(this.flush, wait);
    }
    if (when === 'with the next frame')
      this.#frame ??= requestAnimationFrame(() => {
        this.#frame = undefined;
        this.flush();
      });
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
