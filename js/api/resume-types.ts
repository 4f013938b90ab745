// Uploads that were interrupted and can be resumed.

import type { ProviderId } from '../generated/core.js';
import type { UploadTask } from './upload.js';

/** What a queue stores of uploads, so that they can be resumed. */
export interface ResumeOptions {
  /**
   * Whether file names are stored in the browser. Without them, an interrupted upload is shown by its type and size.
   * @default false
   */
  names?: boolean;
}

/** An upload that was interrupted, for example because the page was closed. Its stored parts are kept until it expires. */
export interface ResumableUpload {
  /** The id for `resume()` and `forget()`. */
  id: string;
  /** The id of the provider. */
  provider: ProviderId | (string & {});
  /** The file's name, if names are stored. */
  name?: string;
  /** The size in bytes of what is uploaded: with `fix` or `privacy`, of the fixed file. */
  size: number;
  /** The MIME type of what is uploaded, as the browser reported it; `''` if it was unknown. */
  type: string;
  /** The number of bytes that are stored. */
  storedBytes: number;
  /** When a part was last stored. */
  updatedAt: Date;
  /** When the stored parts expire. */
  expiresAt: Date;
  /** Whether the browser still has access to the file, so that `resume(id)` needs none. The browser may ask the user. */
  hasFile: boolean;
}

/** Why an interrupted upload cannot be resumed. The upload itself stays resumable, except with `not_found`. */
export type ResumeCode =
  /** There is no such upload: it has expired, has been completed, or was forgotten. */
  | 'not_found'
  /** Another tab is uploading it. */
  | 'in_use'
  /** The browser does not have the file: pass it to `resume()`. */
  | 'file_required'
  /** The user or the browser did not allow access to the file: pass it to `resume()`. */
  | 'permission_denied';

/** The result of `resume()`. The task is a property, because a promise of a task would wait for the asset. */
export interface ResumedUpload {
  /** The upload that continues. */
  task: UploadTask;
}
