// The data of an upload error.

import type { ErrorCode, Stage } from '../generated/core.js';
import type { AnyProviderId } from './asset.js';
import type { Violation } from './violation.js';

/** The data of an upload error, as the core reports it. */
export interface ErrorFacts {
  /** The kind of error. */
  code: ErrorCode;
  /** Whether the same upload may succeed later without a change. */
  retryable: boolean;
  /** Whether the provider may have created an asset although the upload failed. */
  outcomeUnknown: boolean;
  /** The stage that failed. */
  stage?: Stage | undefined;
  /** The id of the provider. */
  provider?: AnyProviderId | undefined;
  /** The asset's id, if the provider had created one. */
  id?: string;
  /** The HTTP status, if there was a response. */
  status?: number;
  /** The wait that the server requested, in milliseconds. */
  retryAfterMillis?: number;
  /** The provider's error code or message, at most 200 characters. */
  providerMessage?: string;
  /** Every limit that the file violates. */
  violations?: Violation[];
  /** For `malformed_response` and `integrity`: the field of the response that is wrong. */
  field?: string;
  /** For `integrity`: the value of the file that was sent. */
  expected?: string;
  /** For `integrity`: the value that the provider reports. */
  actual?: string;
  /** For `quota`: the most assets that the account can hold. */
  limit?: number;
  /** For `timed_out`: the time that was waited, in milliseconds. */
  afterMillis?: number;
}
