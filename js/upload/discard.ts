// Removes the parts of an upload that was aborted.

import type { UploadOptions } from '../api/types.js';
import { callCore, createQueryHandler, serializeCall } from '../runtime/client.js';

/** Whether an upload that stopped here has parts in storage. */
export const isInParts = (continuation: string | undefined): continuation is string =>
  continuation?.startsWith('{"phase":"parts"') ?? false;

/** Removes the parts, if possible: storage removes what remains after some time. */
export function discardParts({ provider, gateway, headers, token }: UploadOptions, continuation: string): void {
  const options = { provider, gateway, headers, token } as UploadOptions;
  callCore(serializeCall('discard', options, { continuation }), { onQuery: createQueryHandler(options) }).catch(
    () => {},
  );
}
