// An upload as a call of the core.

import { isBlob, isUrl } from '../api/realm.js';
import type { Source, UploadOptions } from '../api/types.js';
import { finite, serializeCall } from '../runtime/calls.js';
import type { Call } from '../runtime/protocol.js';
import { isInParts, MULTIPART_THRESHOLD, mayBeInParts } from './in-parts.js';

/** The options of a task: the caller's, and those that its owner adds. */
export type TaskOptions = UploadOptions & {
  /** The file types that the queue allows. The core compares them with the content. */
  accept?: readonly string[] | undefined;
};

/** The state that a retry passes to the core. */
interface Attempt {
  /** Where the last attempt can be continued. */
  continuation: string | undefined;
  /** The id of the requests that may create an asset, over all attempts that continue one. */
  attempt: string;
  /** Whether to repeat a request whose outcome is unknown. */
  force: boolean;
}

/**
 * Serialises an upload. A file is passed to the core beside the call.
 * @throws {TypeError} if `source` is not a `Blob` or a URL
 */
export function serializeUpload(
  source: Source,
  {
    accept,
    checksum,
    fix: _,
    privacy: __,
    multipartThreshold: threshold = MULTIPART_THRESHOLD,
    ...options
  }: TaskOptions,
  attempt: Attempt,
): Call {
  const { continuation } = attempt;
  const multipartThreshold = finite(threshold) as number;
  if (isBlob(source)) {
    const call = serializeCall('upload', options, { accept, checksum, multipartThreshold, ...attempt }, source);
    const isParts = isInParts(continuation) || mayBeInParts(source, { ...options, multipartThreshold });
    return { ...call, continuation, core: isParts ? 'parts' : 'core' };
  }
  if (typeof source !== 'string' && !isUrl(source)) throw new TypeError('upload() expects a File, a Blob or a URL');
  return { ...serializeCall('upload', options, { url: String(source), ...attempt }), continuation };
}
