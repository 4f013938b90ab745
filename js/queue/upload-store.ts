// The state of each upload of a queue, as immutable snapshots for a list.

import type { SetupError, UploadError } from '../api/errors.js';
import { isBlob, isFile } from '../api/realm.js';
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
} from '../api/types.js';
import type { Uploader } from './uploader.js';

/** An upload in a queue. */
export type Task = UploadTask<RemoteAsset>;

/** A retry that an upload is waiting for. */
export interface PendingRetry extends Retry {
  /** The time of the retry, in milliseconds since 1970. */
  at: number;
}

/** What the state of an upload contains in every status. */
export interface UploadFields {
  /** An id that is unique on the page. */
  readonly id: string;
  /** The file's name, or the URL without query and credentials. */
  readonly name: string;
  /** The file or URL that is uploaded. */
  readonly source: Source;
  /** The current stage, or the last one if the upload is over. */
  readonly stage: Stage | undefined;
  /** The current progress. */
  readonly progress: Progress;
  /** What the file contains; `undefined` until it has been identified, and for a URL. */
  readonly media: Media | undefined;
  /** Recommendations of the provider that the file does not follow, and limits that could not be checked. */
  readonly warnings: readonly Violation[];
  /** The upload itself, to pause, resume, retry or abort it. */
  readonly task: UploadTask<RemoteAsset>;
}

/** What the state of an upload contains in one status. */
export interface FieldsIn<S extends Status, R = undefined, A = undefined, E = undefined> {
  /** The current status. */
  readonly status: S;
  /** The retry that the upload is waiting for. */
  readonly retry: R;
  /** The asset of an upload that has succeeded. */
  readonly asset: A;
  /** The error with which the upload failed, or the reason of its abort. */
  readonly error: E;
}

/** What the state of an upload contains in each status. `status` discriminates the union. */
export type StatusFields =
  | FieldsIn<'queued' | 'uploading' | 'paused', PendingRetry | undefined>
  | FieldsIn<'succeeded', undefined, FileOrUrlAsset>
  | FieldsIn<'failed', undefined, undefined, UploadFailure>
  | FieldsIn<'aborted', undefined, undefined, unknown>;

/**
 * The state of an upload. It is immutable, and the same object as long as nothing changes. With the status `'succeeded'`, it
 * has an `asset`; with `'failed'`, an `error`; with `'aborted'`, the reason as `error`. While the upload waits to retry, it
 * has a `retry`.
 */
export type UploadState = UploadFields & StatusFields;

/** The asset of a file or a URL. That of a URL has no `media` and no `sha256`. */
export type FileOrUrlAsset = RemoteAsset & Partial<Pick<Asset, 'media' | 'sha256'>>;

/**
 * Why an upload failed: an `UploadError`, a `SetupError`, a `TypeError` for invalid options, or an error of the page's own code,
 * such as a token function. If that code throws something else, it is the `cause`.
 */
export type UploadFailure = UploadError | SetupError | Error;

/** The state of all uploads of a queue. */
export interface UploadStoreSnapshot {
  readonly uploads: readonly UploadState[];
  readonly progress: TotalProgress;
}

/** The minimum time between two reports: one frame. */
const FRAME_MILLIS = 16;

/** How soon a change is reported. */
type When = 'now' | 'soon' | 'with the next frame';

/**
 * Reports which uploads of a queue have changed: immediately if uploads were added or removed, with the next frame for
 * progress, and otherwise immediately, but not more often than once per frame. The cost of a report does not depend on the
 * number of uploads.
 */
export class UploadStore {
  readonly #uploader: Uploader;
  readonly #states = new Map<Task, UploadState>();
  readonly #subscribers = new Set<(changed: Iterable<Task>) => void>();
  #changed = new Set<Task>();
  #snapshot: UploadStoreSnapshot | undefined;
  #reportedAt = Number.NEGATIVE_INFINITY;
  #isDue = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame: number | undefined;

  constructor(uploader: Uploader) {
    this.#uploader = uploader;
    uploader.on('file-added', (task) => {
      this.#states.set(task, initialState(task));
      this.#report(task, 'now');
    });
    uploader.on('file-removed', (task) => {
      this.#states.delete(task);
      this.#report(task, 'now');
    });
    uploader.on('upload-event', (task, event) => this.#change(task, (upload) => news(upload, event), event.type));
    uploader.on('upload-error', (task, error) =>
      this.#change(task, () => ({
        status: task.status,
        error:
          task.status === 'failed' && !(error instanceof Error) ? new Error(String(error), { cause: error }) : error,
        retry: undefined,
      })),
    );
  }

  /** The current state of every upload, in the queue's order. */
  get all(): ReadonlyMap<Task, UploadState> {
    return this.#states;
  }

  /** The state of all uploads as last reported. */
  readonly getSnapshot = (): UploadStoreSnapshot => {
    this.#snapshot ??= { uploads: [...this.#states.values()], progress: this.#uploader.progress };
    return this.#snapshot;
  };

  /** Calls the subscriber after changes, with the uploads that changed. Returns an unsubscribe function. */
  readonly subscribe = (subscriber: (changed: Iterable<Task>) => void): (() => void) => {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  };

  /** Reports all changes so far immediately. */
  readonly flush = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#reportedAt = performance.now();
    const changed = this.#changed;
    if (changed.size === 0) return;
    this.#changed = new Set();
    this.#snapshot = undefined;
    for (const subscriber of this.#subscribers) subscriber(changed);
  };

  #change(task: Task, changesBy: (upload: UploadState) => Changes, type?: UploadEvent['type']): void {
    const upload = this.#states.get(task);
    if (!upload) return;
    // Each event changes the status and the fields that depend on it together.
    this.#states.set(task, { ...upload, ...changesBy(upload) } as UploadState);
    this.#report(task, type === 'progress' ? 'with the next frame' : 'soon');
  }

  #report(task: Task, when: When): void {
    // Adding thousands of files at once is one change.
    if (when === 'now' && !this.#isDue) {
      this.#isDue = true;
      queueMicrotask(() => {
        this.#isDue = false;
        this.flush();
      });
    }
    this.#changed.add(task);
    if (when === 'soon') {
      const wait = this.#reportedAt + FRAME_MILLIS - performance.now();
      if (wait <= 0) this.#report(task, 'now');
      // A timer, because a hidden page has no frames.
      else this.#timer ??= setTimeout(this.flush, wait);
    }
    if (when === 'with the next frame')
      this.#frame ??= requestAnimationFrame(() => {
        this.#frame = undefined;
        this.flush();
      });
  }
}

/** Fields to change, of any status. */
type Changes = { [Name in keyof UploadState]?: UploadState[Name] };

function initialState(task: Task): UploadState {
  const { id, source, status } = task;
  const state = { id, name: nameOf(source), source, status, task, media: undefined, ...initialFields(task) };
  return state as UploadState;
}

/** The fields that a retry resets. */
function initialFields({ stage, progress }: Task) {
  return { stage, progress, warnings: [], retry: undefined, asset: undefined, error: undefined };
}

function news({ task, status }: UploadState, event: UploadEvent<RemoteAsset>): Changes {
  switch (event.type) {
    case 'status':
      // A retry resets the state; a resumed upload keeps it.
      if (event.status === 'queued' && status !== 'paused') return { status: event.status, ...initialFields(task) };
      return { status: event.status };
    case 'stage':
      return { stage: event.stage, retry: undefined };
    case 'inspected':
      return { media: event.media };
    case 'warnings':
      return { warnings: event.warnings };
    case 'progress':
      return { progress: event.progress, retry: undefined };
    case 'restarted':
      return { progress: task.progress, retry: undefined };
    case 'retry':
      return { retry: { ...event.retry, at: Date.now() + event.retry.delayMillis } };
    case 'success':
      return { status: 'succeeded', asset: event.asset, progress: task.progress, retry: undefined };
  }
}

/** The file's name, or the URL without query and credentials; empty if there is none. */
export function nameOf(source: Source): string {
  if (isBlob(source)) return isFile(source) ? source.name : '';
  try {
    const { origin, protocol, pathname } = new URL(source);
    return origin === 'null' ? protocol : origin + pathname;
  } catch {
    return '';
  }
}
