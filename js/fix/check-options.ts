// Rejects options of fixes that would have no effect, or another one than their author expects.

import type { FixOptions } from '../api/types.js';

const PRIVACY: readonly unknown[] = ['strip-location', 'strip-metadata'];

/**
 * Checks the options of `plan()`, `fix()` and an upload that fixes.
 * @throws {TypeError}
 */
export function checkOptions({ privacy, quality, timeout, allow }: FixOptions): void {
  if (privacy != null && !PRIVACY.includes(privacy))
    throw new TypeError(`option 'privacy' must be ${PRIVACY.join(' or ')}, not ${JSON.stringify(privacy)}`);
  if (quality != null && !(quality > 0 && quality <= 1))
    throw new TypeError(`option 'quality' must be a number above 0, up to 1, not ${quality}`);
  if (timeout != null && !(timeout > 0))
    throw new TypeError(`option 'timeout' must be a number of milliseconds above 0, not ${timeout}`);
  if (allow != null && !Array.isArray(allow)) throw new TypeError(`option 'allow' must be a list, not ${allow}`);
}
