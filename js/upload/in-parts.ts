// Which uploads the core in parts.wasm makes: it sends a file in parts.

import type { UploadOptions } from '../api/types.js';

/** The default of `multipartThreshold`, as in `src/upload/parts/requests.rs`. Smaller files are sent in one request. */
export const MULTIPART_THRESHOLD = 64 << 20;

/** Whether an upload that stopped here has parts in storage. */
export const isInParts = (continuation: string | undefined): continuation is string =>
  continuation?.startsWith('{"phase":"parts"') ?? false;

/** Whether a file may be sent in parts: always with `presignedParts()`. Which other providers accept them only the core knows. */
export const mayBeInParts = (
  { size }: Blob,
  { provider, multipartThreshold = MULTIPART_THRESHOLD }: UploadOptions,
): boolean => size >= multipartThreshold || 'create' in Object(provider);
