// Violated limits, and whether a provider accepts a file.

import type { ProviderId, Rule } from '../generated/core.js';
import type { Restrictions } from './restrictions.js';

/** A limit that a file violates or, in `warnings`, may violate. */
export interface Violation {
  /** The provider's limit (`max_bytes`), or the queue's (`maxFileSize`). */
  rule: Rule | keyof Restrictions;
  /** The file's value: bytes, pixels, seconds, a ratio, or the detected type; `null` if it is unknown. */
  actual: number | string | null;
  /** The limit: a number in the same unit, or names. */
  limit: number | string[] | null;
}

/** Whether one provider accepts a file. */
export interface Verdict {
  /** The provider's id. */
  provider: ProviderId;
  /** Whether the file violates no limit. */
  accepted: boolean;
  /** Every limit that the file violates. */
  violations: Violation[];
  /** Recommendations that the file does not follow, limits that could not be checked, and a location in a photo. */
  warnings: Violation[];
}
