// Messages for errors, limits and retries.

import type { ErrorCode, Rule } from '../generated/core.js';
import type { ErrorFacts } from './error-facts.js';
import type { Restrictions } from './restrictions.js';
import type { Violation } from './violation.js';

/** The data for an error's message. For a retry, only `code` is set. */
export type MessageContext = Omit<ErrorFacts, 'retryable' | 'outcomeUnknown'>;

/** A sentence, or a function that returns it. */
export type Message<Facts> = string | ((facts: Facts) => string);

/**
 * A message for each error code. For `rejected` and `unrecognised_file`, it replaces the sentences about `violations`, unless it
 * is empty.
 */
export type ErrorMessages = { [Code in ErrorCode]?: Message<MessageContext> };

/** A sentence for each limit. */
export type RuleMessages = { [Name in Rule | keyof Restrictions]?: Message<Violation> };

/** Your own messages: a whole `Locale`, or parts of one. Missing messages are in English. */
export interface Messages {
  /** Messages by error code. */
  errors?: ErrorMessages;
  /** Sentences by limit. */
  rules?: RuleMessages;
  /** The sentence that is added to an error's message if the outcome is unknown. */
  outcomeUnknown?: Message<MessageContext>;
}

/** The messages of one language, complete. Implement it to let TypeScript check that no message is missing. */
export interface Locale extends Messages {
  /** A message for every error code. */
  errors: Required<ErrorMessages>;
  /** A sentence for every limit. */
  rules: Required<RuleMessages>;
  /** The sentence that is added to an error's message if the outcome is unknown. */
  outcomeUnknown: Message<MessageContext>;
}
