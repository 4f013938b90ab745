// Groups of statuses.

import type { Status } from '../api/types.js';

/** Whether the upload ended without an asset, so that it can be retried. */
export function hasFailed(status: Status): boolean {
  return status === 'failed' || status === 'aborted';
}

/** Whether the upload has ended. */
export function isOver(status: Status): boolean {
  return status === 'succeeded' || hasFailed(status);
}
