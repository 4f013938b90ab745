// What is known of a failed upload.

import type { ErrorCode, Stage } from '../generated/core.js';
import type { AnyProviderId } from './asset.js';
import type { Violation } from './violation.js';

/** The facts of a failed upload, as the core reports them. */
export interface ErrorFacts {
  /** What happened, by meaning. */
  code: ErrorCode;
  /** Whether the same upload may succeed later without a change. */
  retryable: boolean;
  /** Whether the provider may have made an asset all the same. */
  outcomeUnknown: boolean;
  /** The stage that failed. */
  stage?: Stage | undefined;
  /** Whose upload it was. */
  provider?: AnyProviderId | undefined;
  /** The asset's id, if the provider had created one. */
  id?: string;
  /** The HTTP status, where there was one. */
  status?: number;
  /** The wait that the other side asked for, in milliseconds. */
  retryAfterMillis?: number;
  /** The provider's own code or words, at most 200 characters. */
  providerMessage?: string;
  /** Every limit that the file breaks. */
  violations?: Violation[];
  /** For `malformed_response` and `integrity`: the field of the response that is wrong. */
  field?: string;
  /** For `integrity`: the value of the file that was sent. */
  expected?: string;
  /** For `integrity`: the value that the provider reports. */
  actual?: string;
  /** For `quota`: how many assets the account holds at most. */
  limit?: number;
  /** For `timed_out`: how long was waited, in milliseconds. */
  afterMillis?: number;
}
