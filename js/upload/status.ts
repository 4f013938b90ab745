// What an upload's status means.

import type { Status } from '../api/types.js';

/** Whether it ended without an asset, so that it can begin again. */
export function hasFailed(status: Status): boolean {
  return status === 'failed' || status === 'aborted';
}

/** Whether nothing more happens to it by itself. */
export function isOver(status: Status): boolean {
  return status === 'succeeded' || hasFailed(status);
}
