// The messages of errors, violations and retries: the caller's own, or English.

import type { ErrorCode } from '../generated/core.js';
import { en } from '../locale/messages-en.js';
import type { ErrorFacts } from './error-facts.js';
import type { Locale, Message, Messages } from './message-types.js';
import { report } from './report.js';
import type { Violation } from './violation.js';

/**
 * Returns one sentence for a violation, a warning or a retry.
 * @param reason one of an error's `violations`, one of the warnings of `onWarnings`, or the argument of `onRetry`
 * @param messages your own messages; missing ones are in English
 * @example
 * ```ts
 * const { violations = [] } = error;
 * const sentences = violations.map((violation) => explain(violation));
 * ```
 */
export function explain(reason: Violation | { error: ErrorCode }, messages?: Messages): string {
  if ('rule' in reason) return pick((locale) => locale?.rules?.[reason.rule], reason, messages);
  return pick((locale) => locale?.errors?.[reason.error], { code: reason.error }, messages);
}

/** The message of an `UploadError`. */
export function formatMessage(facts: ErrorFacts, messages?: Messages): string {
  const { code, violations = [], outcomeUnknown } = facts;
  const select: Selector<ErrorFacts> = (locale) => locale?.errors?.[code];
  const own = customText(select, facts, messages);
  const sentences = own ? [own] : violations.map((violation) => explain(violation, messages));
  if (sentences.length === 0) sentences.push(pick(select, facts));
  if (outcomeUnknown) sentences.push(pick((locale) => locale?.outcomeUnknown, facts, messages));
  return sentences.join(' ');
}

const ENGLISH: Locale = en;

/** Selects one message of a locale. */
type Selector<Facts> = (locale: Messages | undefined) => Message<Facts> | undefined;

/** The caller's own text, otherwise the English one. */
function pick<Facts>(select: Selector<Facts>, facts: Facts, messages?: Messages): string {
  return customText(select, facts, messages) ?? text(select(ENGLISH) as Message<Facts>, facts);
}

/** The caller's own text, if there is one. If it throws or returns no string, that is reported. */
function customText<Facts>(select: Selector<Facts>, facts: Facts, messages?: Messages): string | undefined {
  try {
    const message = select(messages);
    if (message === undefined) return undefined;
    const result = text(message, facts);
    if (typeof result === 'string') return result;
    throw new TypeError(`a message must be a string, not ${typeof result}`);
  } catch (error) {
    report(error);
    return undefined;
  }
}

/** Throws a `TypeError` if there is no such message. */
function text<Facts>(message: Message<Facts>, facts: Facts): string {
  return typeof message === 'string' ? message : message(facts);
}
