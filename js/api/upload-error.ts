// The error of a failed upload.

import type { ErrorCode, Stage } from '../generated/core.js';
import type { AnyProviderId } from './asset.js';
import type { ErrorFacts } from './error-facts.js';
import type { Messages } from './message-types.js';
import { formatMessage } from './messages.js';
import type { Violation } from './violation.js';

/**
 * The reason why an upload failed. An aborted upload rejects with the signal's own reason instead. `message` is a text for
 * users. It contains no URL, header or key, so it is safe to log.
 */
export class UploadError extends Error {
  /** `'UploadError'`. Compare it if `instanceof` does not work, for example with an error from another frame. */
  override readonly name = 'UploadError';
  /** The kind of error. It is stable, so you can switch on it. */
  readonly code: ErrorCode;
  /** The stage that failed. */
  readonly stage: Stage | undefined;
  /** The id of the provider; `undefined` if no provider was involved. */
  readonly provider: AnyProviderId | undefined;
  /** Whether the same upload may succeed later without a change. A retry then creates no second asset. */
  readonly retryable: boolean;
  /** Whether the provider may have created an asset although the upload failed, for example because the response was lost. */
  readonly outcomeUnknown: boolean;
  /** The asset's id, if the provider had created one before the upload failed. */
  readonly id: string | undefined;
  /** The HTTP status, if there was a response. */
  readonly status: number | undefined;
  /** The wait that the server requested, in milliseconds. */
  readonly retryAfterMillis: number | undefined;
  /** The provider's error code or message, at most 200 characters. */
  readonly providerMessage: string | undefined;
  /** Every limit that the file violates, for `rejected` and `unrecognised_file`; otherwise empty. */
  readonly violations: readonly Violation[];

  /** Creates an error whose `message` is in English, or one of `messages`. */
  constructor(facts: ErrorFacts, messages?: Messages) {
    super(formatMessage(facts, messages));
    this.code = facts.code;
    this.stage = facts.stage;
    this.provider = facts.provider;
    this.retryable = facts.retryable;
    this.outcomeUnknown = facts.outcomeUnknown;
    this.id = facts.id;
    this.status = facts.status;
    this.retryAfterMillis = facts.retryAfterMillis;
    this.providerMessage = facts.providerMessage;
    this.violations = facts.violations ?? [];
  }
}
