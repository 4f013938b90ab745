// Removes the parts of an upload that was aborted.

import type { UploadOptions } from '../api/types.js';
import { loadClient } from '../runtime/load-client.js';

/** Removes the parts, if possible: storage removes what remains after some time. */
export function discardParts(options: UploadOptions, continuation: string): void {
  loadClient('parts')
    .then((client) => client.discardParts(options, continuation))
    .catch(() => {});
}
