// Limits that a file breaks, and whether a provider accepts it.

import type { ProviderId, Rule } from '../generated/core.js';
import type { Restrictions } from './restrictions.js';

/** A limit that a file breaks or, in `warnings`, that it may break. */
export interface Violation {
  /** The provider's limit (`max_bytes`), or the queue's (`maxFileSize`). */
  rule: Rule | keyof Restrictions;
  /** What there is: bytes, pixels, seconds, a ratio, or what the content looks like; `null` where nothing is known. */
  actual: number | string | null;
  /** What the provider takes: a number in the same unit, or names. */
  limit: number | string[] | null;
}

/** Whether one provider accepts a file. */
export interface Verdict {
  /** The provider's id. */
  provider: ProviderId;
  /** Whether the file breaks no limit. */
  accepted: boolean;
  /** Every limit that the file breaks. */
  violations: Violation[];
  /** What the provider recommends otherwise, and limits that could not be checked. */
  warnings: Violation[];
}
