// The error of a failed upload.

import type { ErrorCode, Stage } from '../generated/core.js';
import type { AnyProviderId } from './asset.js';
import type { ErrorFacts } from './error-facts.js';
import type { Messages } from './message-types.js';
import { message } from './messages.js';
import type { Violation } from './violation.js';

/**
 * Why an upload failed. A cancelled upload rejects with the signal's own reason instead. Its message is for people; no
 * URL, header or key is in it, so it may be logged.
 */
export class UploadError extends Error {
  /** For those who cannot use `instanceof`, as the error comes from another frame. */
  override readonly name = 'UploadError';
  /** What happened, by meaning. Stable: switch on it. */
  readonly code: ErrorCode;
  /** The stage that failed. */
  readonly stage: Stage | undefined;
  /** Whose upload it was; `undefined` where nothing was for a provider. */
  readonly provider: AnyProviderId | undefined;
  /** Whether the same upload may succeed later without a change, and makes no second asset. */
  readonly retryable: boolean;
  /** Whether the provider may have made an asset all the same: the line broke where that cannot be known. */
  readonly outcomeUnknown: boolean;
  /** The asset's id, if the provider had created one before the upload failed. */
  readonly id: string | undefined;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;
  /** The wait that the other side asked for, in milliseconds. */
  readonly retryAfterMillis: number | undefined;
  /** The provider's own code or words, at most 200 characters. */
  readonly providerMessage: string | undefined;
  /** Every limit that the file breaks; for `rejected` and `unrecognised_file`. */
  readonly violations: readonly Violation[];

  /** Puts the message together, in the page's own words where it has some. */
  constructor(facts: ErrorFacts, messages?: Messages) {
    super(message(facts, messages));
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
