// What a page shows of errors, limits and retries: in English, or in its own words.

import type { ErrorCode } from '../generated/core.js';
import { en } from '../locale/en.js';
import type { ErrorFacts } from './error-facts.js';
import type { Locale, Message, Messages } from './message-types.js';
import { report } from './report.js';
import type { Violation } from './violation.js';

/**
 * Returns one sentence for a violation, a warning or a retry.
 * @param reason a violation of an error's or a warning's, or what `onRetry` was called with
 * @param messages your own messages; what is left out is in English
 */
export function explain(reason: Violation | { error: ErrorCode }, messages?: Messages): string {
  const english: Locale = en;
  if ('rule' in reason)
    return own(() => messages?.rules?.[reason.rule], reason) ?? text(english.rules[reason.rule], reason);
  const facts = { code: reason.error };
  return own(() => messages?.errors?.[reason.error], facts) ?? text(english.errors[reason.error], facts);
}

/** The message of an `UploadError`. */
export function message(facts: ErrorFacts, messages?: Messages): string {
  const english: Locale = en;
  const { code, violations = [], outcomeUnknown } = facts;
  const whole = own(() => messages?.errors?.[code], facts);
  const sentences = whole === undefined ? violations.map((violation) => explain(violation, messages)) : [whole];
  if (sentences.length === 0) sentences.push(text(english.errors[code], facts));
  if (outcomeUnknown) sentences.push(own(() => messages?.outcomeUnknown, facts) ?? english.outcomeUnknown);
  return sentences.join(' ');
}

function text<Facts>(message: Message<Facts>, facts: Facts): string {
  return typeof message === 'function' ? message(facts) : message;
}

/** The page's own text. If it throws or returns no text, that is reported, and the English is used. */
function own<Facts>(get: () => Message<Facts> | undefined, facts: Facts): string | undefined {
  try {
    const given = get();
    if (given === undefined) return undefined;
    const made = text(given, facts);
    if (typeof made === 'string') return made;
    throw new TypeError(`a message must be a string, not ${typeof made}`);
  } catch (error) {
    report(error);
    return undefined;
  }
}
