// What a list of uploads shows: each upload as it is now, in values that do not change.

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

/** Follows a queue. It tells of progress once a frame, and of all else as soon as what has caused it is over. */
export class Uploads {
  readonly #uploader: Uploader;
  readonly #known = new Map<UploadTask<RemoteAsset>, Upload>();
  readonly #watchers = new Set<() => void>();
  #snapshot: Snapshot;
  #isStale = false;
  #isFrameAsked = false;

  constructor(uploader: Uploader) {
    this.#uploader = uploader;
    this.#snapshot = { uploads: [], progress: uploader.progress };
    uploader.on('file-added', (task) => {
      this.#known.set(task, begun(task));
      this.#changed();
    });
    uploader.on('file-removed', (task) => {
      this.#known.delete(task);
      this.#changed();
    });
    uploader.on('upload-event', (task, event) => this.#change(task, news(task, event), event.type === 'progress'));
    uploader.on('upload-error', (task, error) => this.#change(task, { status: task.status, error, retry: undefined }));
  }

  /** What was last told of. */
  readonly current = (): Snapshot => this.#snapshot;

  /** Calls the watcher after each change; gives what ends that. */
  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Tells at once of what has changed. */
  readonly flush = (): void => {
    if (!this.#isStale) return;
    this.#isStale = false;
    this.#snapshot = { uploads: [...this.#known.values()], progress: this.#uploader.progress };
    for (const watcher of this.#watchers) watcher();
  };

  #change(task: UploadTask<RemoteAsset>, change: Partial<Upload>, canWait = false): void {
    const upload = this.#known.get(task);
    if (!upload) return;
    this.#known.set(task, { ...upload, ...change });
    this.#changed(canWait);
  }

  #changed(canWait = false): void {
    if (!canWait) {
      // Thousands of files that are added at once are one change.
      if (!this.#isStale) queueMicrotask(this.flush);
    } else if (!this.#isFrameAsked) {
      this.#isFrameAsked = true;
      requestAnimationFrame(() => {
        this.#isFrameAsked = false;
        this.flush();
      });
    }
    this.#isStale = true;
  }
}

function begun(task: UploadTask<RemoteAsset>): Upload {
  const { id, source, status } = task;
  return { id, name: nameOf(source), source, status, task, media: undefined, ...fresh(task) };
}

/** What a new try begins with. */
function fresh({ stage, progress }: UploadTask<RemoteAsset>) {
  return { stage, progress, advice: [], retry: undefined, asset: undefined, error: undefined };
}

function news(task: UploadTask<RemoteAsset>, event: UploadEvent<RemoteAsset>): Partial<Upload> {
  switch (event.type) {
    case 'status':
      return event.status === 'queued' ? { status: event.status, ...fresh(task) } : { status: event.status };
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
  if (source instanceof Blob) return source instanceof File ? source.name : '';
  try {
    const { origin, protocol, pathname } = new URL(source);
    return origin === 'null' ? protocol : origin + pathname;
  } catch {
    return '';
  }
}
