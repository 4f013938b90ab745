// The types that the entries for frameworks export.

export type { Listeners, QueueActions } from './component-queue.js';
export type { IdleUpload, SingleUpload, UploadActions } from './single-upload.js';
export type {
  FieldsIn,
  FileOrUrlAsset,
  PendingRetry,
  StatusFields,
  UploadFailure,
  UploadFields,
  UploadState,
} from './upload-store.js';
