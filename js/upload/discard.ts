// Removes the parts of an upload that was aborted.

import type { UploadOptions } from '../api/types.js';
import { callCore, createQueryHandler, serializeCall } from '../runtime/client.js';

/** Removes the parts, if possible: storage removes what remains after some time. */
export function discardParts({ provider, gateway, headers, token }: UploadOptions, continuation: string): void {
  const options = { provider, gateway, headers, token } as UploadOptions;
  const call = { ...serializeCall('discard', options, { continuation }), core: 'parts' } as const;
  callCore(call, { onQuery: createQueryHandler(options) }).catch(() => {});
}
