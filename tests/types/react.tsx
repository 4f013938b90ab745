// The hooks as a TypeScript program uses them. It is never run.

import type { Asset, Progress, RemoteAsset, UploadError, Uploader, UploadTask } from 'mediaferry';
import {
  type FileOrUrlAsset,
  type IdleUpload,
  type Listeners,
  type PendingRetry,
  type SingleUpload,
  type UploadFailure,
  type UploadState,
  type UseUpload,
  type UseUploader,
  useUpload,
  useUploader,
} from 'mediaferry/react';
import { never, same } from './same.js';

declare const file: File;

export function Single() {
  const { upload, status, asset, error, retrying, progress, ...actions } = useUpload({ provider: 'modelhunter' });
  same<typeof progress, Progress>(true);
  same<ReturnType<typeof actions.reset>, void>(true);
  upload(file).then((asset) => same<typeof asset, Asset>(true));
  switch (status) {
    case 'idle':
      same<typeof asset | typeof error | typeof retrying, undefined>(true);
      return null;
    case 'queued':
    case 'uploading':
    case 'paused':
      same<typeof retrying, PendingRetry | undefined>(true);
      same<typeof asset | typeof error, undefined>(true);
      return null;
    case 'succeeded':
      same<typeof asset, FileOrUrlAsset>(true);
      return <p>{asset.ref}</p>;
    case 'failed':
      same<typeof error, UploadFailure>(true);
      return <p>{error.message}</p>;
    case 'aborted':
      same<typeof error, unknown>(true);
      return null;
    default:
      return never(status);
  }
}

export function Many(listeners: Listeners) {
  const { uploads, addAll, add, uploader, ...rest }: UseUploader = useUploader(
    { provider: 'onerouter', model: 'a/b', concurrency: 2 },
    listeners,
  );
  same<typeof uploader, Uploader>(true);
  add(file, { model: 'c/d' });
  return (
    <form onPaste={({ clipboardData }) => addAll(clipboardData)} onReset={rest.cancelAll}>
      <input type="file" onChange={({ target }) => addAll(target.files)} />
      {uploads.map((upload) => (
        <p key={upload.id}>
          {upload.name} {text(upload)}
        </p>
      ))}
    </form>
  );
}

/** A state that is passed on keeps what its status says. */
function text(upload: UploadState): string {
  same<typeof upload.task, UploadTask<RemoteAsset>>(true);
  if (upload.status === 'succeeded') return upload.asset.ref;
  if (upload.status === 'failed') return upload.error.message;
  if (upload.status === 'uploading') return String(upload.retry?.at);
  // @ts-expect-error: there is no asset in the other statuses
  return upload.asset.ref;
}

export function states(idle: IdleUpload, upload: UploadState, error: UploadError, used: UseUpload): SingleUpload[] {
  const failure: UploadFailure = error;
  // @ts-expect-error: an upload that failed has no asset
  if (used.status === 'failed') used.asset.ref;
  // @ts-expect-error: a model is required
  useUpload({ provider: 'onerouter' });
  return failure ? [idle, upload] : [];
}
