// Messages for errors, limits and retries.

import type { ErrorCode, Rule } from '../generated/core.js';
import type { ErrorFacts } from './error-facts.js';
import type { Restrictions } from './restrictions.js';
import type { Violation } from './violation.js';

/** What an error's message is made of. For a retry, only `code` is known. */
export type MessageContext = Omit<ErrorFacts, 'retryable' | 'outcomeUnknown'>;

/** A sentence, or a function that returns it. */
export type Message<Facts> = string | ((facts: Facts) => string);

/** A message for each error code. For `rejected` and `unrecognised_file` it replaces the sentences about `violations`. */
export type ErrorMessages = { [Code in ErrorCode]?: Message<MessageContext> };

/** A sentence for each limit. */
export type RuleMessages = { [Name in Rule | keyof Restrictions]?: Message<Violation> };

/** A page's own messages; what is left out stays English. */
export interface Messages {
  errors?: ErrorMessages;
  rules?: RuleMessages;
  /** The sentence at the end of a message if the outcome is unknown. */
  outcomeUnknown?: string;
}

/** Messages without gaps. */
export interface Locale extends Messages {
  errors: Required<ErrorMessages>;
  rules: Required<RuleMessages>;
  outcomeUnknown: string;
}
