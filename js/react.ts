'use client';

// mediaferry/react: a queue of uploads, or a single one, as hooks.

import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { Uploader } from './index.js';
import type {
  RemoteAsset,
  Source,
  Status,
  TotalProgress,
  UploaderEvents,
  UploaderOptions,
  UploadOptions,
  UploadTask,
} from './types.js';
import { type Upload, Uploads } from './uploads.js';

export type { Upload, Waiting } from './uploads.js';

/** What a component hears of its queue: a listener for each event of an `Uploader` that it wants to know of. */
export type Listeners = { [Name in keyof UploaderEvents]?: (...facts: UploaderEvents[Name]) => void };

/** A queue in a component. The functions stay the same, so that they can be handed on. */
export interface UseUploader {
  /** Every upload that was added and not removed, in order. One to which nothing has happened stays the same object. */
  uploads: readonly Upload[];
  /** How far all of them are together. */
  progress: TotalProgress;
  /** Adds one file, or one address, as `Uploader.add` does. */
  add: Uploader['add'];
  /** Adds all files of a drop, a paste, an `<input>` or a list, as `Uploader.addAll` does. */
  addAll: Uploader['addAll'];
  /** Aborts an upload and takes it out. */
  remove: (upload: Pick<Upload, 'task'>) => void;
  /** As `Uploader.pauseAll`. */
  pauseAll: () => void;
  /** As `Uploader.resumeAll`. */
  resumeAll: () => void;
  /** As `Uploader.retryAll`. */
  retryAll: () => void;
  /** As `Uploader.cancelAll`. */
  cancelAll: () => void;
  /** The queue itself, for as long as the component is there. */
  uploader: Uploader;
}

/**
 * A queue of uploads for as long as the component is there; what still runs then is aborted.
 *
 * Options may change from one rendering to the next, as those of an `Uploader` may: an upload keeps the provider that it
 * was added for. The functions among them, and the listeners, are always those of the last rendering.
 */
export function useUploader(options: UploaderOptions, listeners: Listeners = {}): UseUploader {
  const [queue] = useState(() => open(options));
  const { uploader, uploads, actions } = queue;

  useEffect(() => queue.set(options));
  useEffect(() => {
    const signal = new AbortController();
    for (const name of Object.keys(listeners) as (keyof Listeners)[]) listen(uploader, name, listeners, signal.signal);
    return () => signal.abort();
  });
  // StrictMode unmounts and mounts again, and a hidden component is shown again: the queue can be used then.
  useEffect(() => queue.close, [queue]);

  const snapshot = useSyncExternalStore(uploads.watch, uploads.current, uploads.current);
  return { ...snapshot, ...actions, uploader };
}

/** A single upload in a component. The functions stay the same, so that they can be handed on. */
export interface UseUpload {
  /** Uploads a file, or an address; an earlier upload is aborted and forgotten. */
  upload: { (source: Blob): UploadTask; (source: Source): UploadTask<RemoteAsset> };
  /** `'idle'` before the first, and after `reset`. */
  status: Status | 'idle';
  /** The stage that is running, or was when it ended. */
  stage: Upload['stage'];
  /** How far it is. */
  progress: Upload['progress'];
  /** What the file is, once that is known. */
  media: Upload['media'];
  /** What the provider would rather have otherwise, and what could not be checked. */
  advice: Upload['advice'];
  /** Why it waits for another try, and until when. */
  retrying: Upload['retry'];
  /** What the provider made of it. */
  asset: Upload['asset'];
  /** Why it failed, or was aborted. */
  error: unknown;
  /** Holds it until `resume`. */
  pause: () => void;
  /** Lets it go on. */
  resume: () => void;
  /** Ends it; `retry` begins again. */
  abort: () => void;
  /** Begins again after a failure or an abort; while it waits to try again, tries at once. */
  retry: () => void;
  /** Aborts the upload and forgets it. */
  reset: () => void;
}

/** One upload at a time for as long as the component is there; see `useUploader`. */
export function useUpload(options: UploadOptions): UseUpload {
  const { uploader, uploads } = useUploader(options);
  const actions = useMemo(() => singular(uploader), [uploader]);
  const [{ status, stage, progress, media, advice, retry: retrying, asset, error } = IDLE] = uploads;
  return { status, stage, progress, media, advice, retrying, asset, error, ...actions };
}

const IDLE = {
  status: 'idle' as const,
  stage: undefined,
  progress: { fraction: 0, sentBytes: 0, totalBytes: 0 },
  media: undefined,
  advice: [],
  retry: undefined,
  asset: undefined,
  error: undefined,
};

function open(options: UploaderOptions) {
  let latest = options;
  // An upload keeps its options, and a component makes new functions each time it is rendered.
  const callbacks = {
    onProgress: (progress) => latest.onProgress?.(progress),
    onStage: (stage) => latest.onStage?.(stage),
    onInspected: (media) => latest.onInspected?.(media),
    onAdvice: (advice) => latest.onAdvice?.(advice),
    onRetry: (retry) => latest.onRetry?.(retry),
  } satisfies Partial<UploadOptions>;
  const deaf = ({ signal: _, ...others }: UploaderOptions) => ({ ...others, ...callbacks });
  // A rendering may be thrown away: only one that stays may listen to a signal.
  const uploader = new Uploader(deaf(options));
  return {
    uploader,
    uploads: new Uploads(uploader),
    actions: plural(uploader),
    set: (options: UploaderOptions) => {
      latest = options;
      uploader.options = { ...options, ...callbacks };
    },
    close: () => {
      uploader.options = deaf(latest);
      uploader.cancelAll();
    },
  };
}

/** Without arguments where there are none to give: `onClick={cancelAll}` would make the event its reason. */
function plural(uploader: Uploader) {
  return {
    add: uploader.add.bind(uploader) as Uploader['add'],
    addAll: uploader.addAll.bind(uploader),
    remove: ({ task }: Pick<Upload, 'task'>) => uploader.remove(task),
    pauseAll: () => uploader.pauseAll(),
    resumeAll: () => uploader.resumeAll(),
    retryAll: () => uploader.retryAll(),
    cancelAll: () => uploader.cancelAll(),
  };
}

function singular(uploader: Uploader) {
  const current = () => uploader.tasks[0];
  const reset = () => {
    for (const task of uploader.tasks) uploader.remove(task);
  };
  return {
    upload: ((source: Source) => {
      reset();
      return uploader.add(source);
    }) as UseUpload['upload'],
    pause: () => current()?.pause(),
    resume: () => current()?.resume(),
    abort: () => current()?.abort(),
    retry: () => current()?.retry(),
    reset,
  };
}

function listen<Name extends keyof Listeners>(
  uploader: Uploader,
  name: Name,
  listeners: Listeners,
  signal: AbortSignal,
) {
  uploader.on(name, (...facts) => (listeners[name] as (...facts: UploaderEvents[Name]) => void)?.(...facts), {
    signal,
  });
}
