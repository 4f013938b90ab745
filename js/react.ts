'use client';

// mediaferry/react: hooks for a queue of uploads and for a single upload.

import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { TotalProgress, UploaderEvents, UploaderOptions, UploadOptions, UploadSettings } from './api/types.js';
import { Uploader } from './index.js';
import { type SingleUpload, singleUpload, type UploadActions, uploadActions } from './queue/single-upload.js';
import { type UploadState, UploadStore } from './queue/upload-store.js';

export type { IdleUpload, SingleUpload, UploadActions } from './queue/single-upload.js';
export type {
  FieldsIn,
  FileOrUrlAsset,
  PendingRetry,
  StatusFields,
  UploadFailure,
  UploadFields,
  UploadState,
} from './queue/upload-store.js';

/** Listeners by the name of the `Uploader`'s event. */
export type Listeners = { [Name in keyof UploaderEvents]?: (...args: UploaderEvents[Name]) => void };

/** The result of `useUploader`. The functions are stable, so you can pass them to other components. */
export interface UseUploader {
  /** Every upload that was added and not removed, in order. An upload that did not change is the same object as before. */
  uploads: readonly UploadState[];
  /** Progress of all uploads together. */
  progress: TotalProgress;
  /** Adds a file or a URL. See `Uploader.add`. */
  add: Uploader['add'];
  /** Adds the files of a drop, a paste, an `<input>` or a list. See `Uploader.addAll`. */
  addAll: Uploader['addAll'];
  /** Aborts an upload and removes it. */
  remove: (upload: Pick<UploadState, 'task'>) => void;
  /** See `Uploader.pauseAll`. */
  pauseAll: () => void;
  /** See `Uploader.resumeAll`. */
  resumeAll: () => void;
  /** See `Uploader.retryAll`. */
  retryAll: () => void;
  /** See `Uploader.cancelAll`. */
  cancelAll: () => void;
  /** The queue. It is the same object as long as the component is mounted. */
  uploader: Uploader;
}

/**
 * Creates a queue of uploads for a component. When the component unmounts, running uploads are aborted.
 *
 * The options may change between renders; an upload keeps the options with which it was added. Callbacks and listeners are
 * always those of the last render.
 *
 * @example
 * ```tsx
 * function Uploads() {
 *   const { uploads, addAll } = useUploader({ provider: 'modelhunter' });
 *   return (
 *     <>
 *       <input type="file" multiple onChange={({ target }) => target.files && addAll(target.files)} />
 *       {uploads.map(({ id, name, status, asset }) => <p key={id}>{name}: {asset?.ref ?? status}</p>)}
 *     </>
 *   );
 * }
 * ```
 */
export function useUploader(options: UploaderOptions, listeners: Listeners = {}): UseUploader {
  const [queue] = useState(() => createQueue(options));
  const { uploader, uploads, actions } = queue;

  useEffect(() => queue.set(options));
  useEffect(() => {
    const signal = new AbortController();
    for (const name of Object.keys(listeners) as (keyof Listeners)[]) listen(uploader, name, listeners, signal.signal);
    return () => signal.abort();
  });
  // StrictMode unmounts and mounts again, and a hidden component may be shown again. The queue stays usable.
  useEffect(() => queue.close, [queue]);

  const snapshot = useSyncExternalStore(uploads.subscribe, uploads.getSnapshot, uploads.getSnapshot);
  return { ...snapshot, ...actions, uploader };
}

/** The result of `useUpload`: the state of the upload, whose `status` discriminates the union, and the functions. */
export type UseUpload = UploadActions & SingleUpload;

/**
 * Uploads one file at a time. When the component unmounts, the upload is aborted. See `useUploader`.
 *
 * @example
 * ```tsx
 * function ImageUpload() {
 *   const { upload, status, asset } = useUpload({ provider: 'modelhunter' });
 *   if (asset) return <p>{asset.ref}</p>;
 *   return <input type="file" disabled={status !== 'idle'} onChange={({ target }) => target.files?.[0] && upload(target.files[0])} />;
 * }
 * ```
 */
export function useUpload(options: UploadOptions): UseUpload {
  const { uploader, uploads } = useUploader(options);
  const actions = useMemo(() => uploadActions(uploader), [uploader]);
  return { ...singleUpload(uploads), ...actions };
}

function createQueue(options: UploaderOptions) {
  let latest = options;
  // An upload keeps its options, but a component creates new callbacks on each render.
  const callbacks = {
    onProgress: (progress) => latest.onProgress?.(progress),
    onStage: (stage) => latest.onStage?.(stage),
    onInspected: (media) => latest.onInspected?.(media),
    onWarnings: (warnings) => latest.onWarnings?.(warnings),
    onRetry: (retry) => latest.onRetry?.(retry),
  } satisfies Partial<UploadSettings>;
  const withoutSignal = ({ signal: _, ...others }: UploaderOptions) => ({ ...others, ...callbacks });
  // React may discard a render. Only a mounted component may listen to a signal.
  const uploader = new Uploader(withoutSignal(options));
  return {
    uploader,
    uploads: new UploadStore(uploader),
    actions: queueActions(uploader),
    set: (options: UploaderOptions) => {
      latest = options;
      uploader.options = { ...options, ...callbacks };
    },
    close: () => {
      uploader.options = withoutSignal(latest);
      uploader.cancelAll();
    },
  };
}

/** Functions without parameters ignore arguments: `onClick={cancelAll}` must not use the event as the reason. */
function queueActions(uploader: Uploader) {
  return {
    add: uploader.add.bind(uploader) as Uploader['add'],
    addAll: uploader.addAll.bind(uploader),
    remove: ({ task }: Pick<UploadState, 'task'>) => uploader.remove(task),
    pauseAll: () => uploader.pauseAll(),
    resumeAll: () => uploader.resumeAll(),
    retryAll: () => uploader.retryAll(),
    cancelAll: () => uploader.cancelAll(),
  };
}

function listen<Name extends keyof Listeners>(
  uploader: Uploader,
  name: Name,
  listeners: Listeners,
  signal: AbortSignal,
) {
  uploader.on(name, (...args) => (listeners[name] as (...args: UploaderEvents[Name]) => void)?.(...args), {
    signal,
  });
}
