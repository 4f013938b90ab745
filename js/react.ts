'use client';

// mediaferry/react: hooks for a queue of uploads and for a single upload.

import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { TotalProgress, UploaderOptions, UploadOptions } from './api/types.js';
import type { Uploader } from './index.js';
import { createComponentQueue, type Listeners, listen, type QueueActions } from './queue/component-queue.js';
import { type SingleUpload, singleUpload, type UploadActions, uploadActions } from './queue/single-upload.js';
import type { UploadState } from './queue/upload-store.js';

export type * from './queue/component-types.js';

/** The result of `useUploader`. The functions are stable, so you can pass them to other components. */
export interface UseUploader extends QueueActions {
  /** Every upload that was added and not removed, in order. An upload that did not change is the same object as before. */
  uploads: readonly UploadState[];
  /** Progress of all uploads together. */
  progress: TotalProgress;
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
  // React may discard a render. Only a mounted component may listen to a signal.
  const [queue] = useState(() => createComponentQueue(options));
  const { uploader, uploads, actions } = queue;

  useEffect(() => queue.set(options));
  useEffect(() => {
    const signal = new AbortController();
    listen(uploader, Object.keys(listeners), () => listeners, signal.signal);
    return () => signal.abort();
  });
  // StrictMode unmounts and mounts again, and a hidden component may be shown again. The queue stays usable.
  useEffect(() => queue.close, [queue]);

  const snapshot = useSyncExternalStore(uploads.subscribe, uploads.getSnapshot, uploads.getSnapshot);
  return { ...snapshot, ...actions, uploader };
}

/**
 * The result of `useUpload`: the functions, and the state of the upload, whose `status` discriminates the union. While the
 * upload waits to retry, `retrying` is set.
 */
export type UseUpload = UploadActions & WithRetrying<SingleUpload>;

/** The state with `retry` under another name, because that is a function. */
type WithRetrying<State> = State extends { retry: infer Retry }
  ? Omit<State, 'retry'> & { readonly retrying: Retry }
  : never;

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
  const { retry: retrying, ...state } = singleUpload(uploads);
  return { ...state, retrying, ...actions } as UseUpload;
}
