// The one error class, and the English for every code and rule.

import { report } from './emitter.js';
import type { AnyProviderId, ErrorCode, Restrictions, Retry, Rule, Stage, Violation } from './types.js';

/** The facts of a failed upload, as the core reports them. */
export interface ErrorFacts {
  /** What happened, by meaning. */
  code: ErrorCode;
  /** Whether the same upload may succeed later without a change. */
  retryable: boolean;
  /** Whether the provider may have made an asset all the same. */
  unclear: boolean;
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
  providerCode?: string;
  /** Every limit that the file breaks. */
  violations?: Violation[];
  /** For `malformed_response` and `integrity`: the field of the answer that is wrong. */
  field?: string;
  /** For `integrity`: what was sent. */
  sent?: string;
  /** For `integrity`: what the provider says it holds. */
  held?: string;
  /** For `quota`: how many assets the account holds at most. */
  limit?: number;
  /** For `timed_out`: how long was waited, in milliseconds. */
  afterMillis?: number;
}

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
  readonly unclear: boolean;
  /** The asset's id, if the provider had created one before the upload failed. */
  readonly id: string | undefined;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;
  /** The wait that the other side asked for, in milliseconds. */
  readonly retryAfterMillis: number | undefined;
  /** The provider's own code or words, at most 200 characters. */
  readonly providerCode: string | undefined;
  /** Every limit that the file breaks; for `rejected` and `unrecognised_file`. */
  readonly violations: readonly Violation[];

  /** Puts the message together, in the page's own words where it has some. */
  constructor(facts: ErrorFacts, messages?: Messages) {
    super(message(facts, messages));
    this.code = facts.code;
    this.stage = facts.stage;
    this.provider = facts.provider;
    this.retryable = facts.retryable;
    this.unclear = facts.unclear;
    this.id = facts.id;
    this.status = facts.status;
    this.retryAfterMillis = facts.retryAfterMillis;
    this.providerCode = facts.providerCode;
    this.violations = facts.violations ?? [];
  }
}

/** What a message is made of; a retry tells no more than its code. */
export type Told = Omit<ErrorFacts, 'retryable' | 'unclear'>;

/** A page's own words, where it does not speak English; what it leaves out stays English. */
export interface Messages {
  /** By code. One for `rejected` or `unrecognised_file` stands in place of the sentences about `violations`. */
  errors?: ErrorMessages;
  /** By rule: what a file breaks. */
  rules?: RuleMessages;
  /** Follows a message where the provider may have the file all the same. */
  unclear?: string;
}

/** For each code, the message, or what makes it of the facts. */
export type ErrorMessages = { [Code in ErrorCode]?: string | ((facts: Told) => string) };

/** For each limit, the sentence, or what makes it of the violation. */
export type RuleMessages = { [Name in Violation['rule']]?: string | ((violation: Violation) => string) };

const MESSAGES: Record<ErrorCode, (facts: Told) => string> = {
  rejected: () => 'The provider does not take this file.',
  unrecognised_file: () => 'This is no media file that can be sent.',
  unreadable_file: () => 'The file cannot be read, or it changed while it was read.',
  network: () => 'The connection failed.',
  network_timeout: () => 'There was no answer in time.',
  stalled: () => 'The transfer stopped moving.',
  offline: () => 'The browser is offline.',
  unauthenticated: () => 'The key or the token was refused.',
  rate_limited: () => 'There were too many requests.',
  unavailable: (facts) => `The other side cannot answer just now${status(facts)}.`,
  too_large: () => 'The other side refused the file for its size.',
  ticket_expired: (facts) => `Storage does not take the upload address any more${status(facts)}.`,
  refused: (facts) => `The request was refused (status ${facts.status}${words(facts)}).`,
  malformed_response: (facts) => `The answer makes no sense: ${facts.field}.`,
  integrity: (facts) =>
    `The provider holds something else than was sent: ${facts.field} is ${facts.held}, not ${facts.sent}.`,
  quota: (facts) => `The account is full: it holds at most ${facts.limit} assets.`,
  processing_failed: (facts) => `The provider could not process the file${words(facts)}.`,
  interrupted: () => 'The browser stopped the upload.',
  timed_out: (facts) => `The provider was still processing after ${Math.round((facts.afterMillis ?? 0) / 1000)} s.`,
};

const RULES: Record<Rule | keyof Restrictions, (violation: Violation) => string> = {
  format: ({ actual, limit }) =>
    `${actual === null ? 'This is no known media format' : `This is ${actual}`}${limit ? `; what is taken: ${listed(limit)}` : ''}.`,
  min_bytes: ({ actual, limit }) =>
    actual === 0 ? 'The file is empty.' : `It has ${bytes(actual)}, fewer than ${bytes(limit)}.`,
  max_bytes: ({ actual, limit }) => `It has ${bytes(actual)}, more than ${bytes(limit)}.`,
  min_width: ({ actual, limit }) => `It is ${actual} pixels wide, less than ${limit}.`,
  min_height: ({ actual, limit }) => `It is ${actual} pixels high, less than ${limit}.`,
  max_aspect_ratio: ({ actual, limit }) => `Its sides are ${beside(actual, limit)}:1, more than ${number(limit)}:1.`,
  min_duration: ({ actual, limit }) => `It runs for ${beside(actual, limit)} s, less than ${number(limit)} s.`,
  max_duration: ({ actual, limit }) => `It runs for ${beside(actual, limit)} s, more than ${number(limit)} s.`,
  complete: () => 'It is cut off: the file ends before its content does.',
  known_size: () => 'Its width and height cannot be read.',
  known_duration: () => 'Its duration cannot be read, so that limit is not checked.',
  advised_bytes: ({ limit }) => `The provider advises a URL for files above ${bytes(limit)}.`,
  source: ({ actual, limit }) =>
    actual === 'URL'
      ? 'A URL is not uploaded here. If it is public, use it in the generation request as it is.'
      : `A ${actual} is not accepted; what is accepted: ${listed(limit)}.`,
  scheme: () => 'This is not a complete http: or https: URL, or it has a user name in it.',
  known_kind: ({ limit }) => `The address does not show what it is; say which of ${listed(limit)}.`,
  max_images: ({ actual, limit }) => `There are ${actual} images, more than ${limit} in one request.`,
  max_videos: ({ actual, limit }) => `There are ${actual} videos, more than ${limit} in one request.`,
  max_audio: ({ actual, limit }) => `There are ${actual} sound tracks, more than ${limit} in one request.`,
  content_type: ({ actual, limit }) => `The provider calls it ${actual}, and its content is ${listed(limit)}.`,
  page_size: ({ actual, limit }) => `A page has 1 to ${limit} assets, not ${actual}.`,
  maxFileSize: (violation) => RULES.max_bytes(violation),
  minFileSize: (violation) => RULES.min_bytes(violation),
  maxTotalFileSize: ({ actual, limit }) => `All files have ${bytes(actual)}, more than ${bytes(limit)}.`,
  maxNumberOfFiles: ({ actual, limit }) => `There are ${actual} files, more than ${limit}.`,
  minNumberOfFiles: ({ actual, limit }) => `There are ${actual} files, fewer than ${limit}.`,
  allowedFileTypes: (violation) => RULES.format(violation),
};

/**
 * One violation, with its numbers, or why something is tried again, as a sentence; in English where `messages` has none.
 * @param reason a violation of an error's or an advice's, or what `onRetry` has told
 */
export function explain(reason: Violation | Pick<Retry, 'error'>, messages?: Messages): string {
  if ('rule' in reason) return own(() => messages?.rules?.[reason.rule], reason) ?? RULES[reason.rule](reason);
  const facts = { code: reason.error };
  return own(() => messages?.errors?.[reason.error], facts) ?? MESSAGES[reason.error](facts);
}

/** The page's own text. What throws, or gives no text, is reported, and the English takes its place. */
function own<Facts>(get: () => string | ((facts: Facts) => string) | undefined, facts: Facts): string | undefined {
  try {
    const text = get();
    const made = typeof text === 'function' ? text(facts) : text;
    if (made === undefined && text === undefined) return undefined;
    if (typeof made === 'string') return made;
    throw new TypeError(`a message must be a text, not ${typeof made}`);
  } catch (error) {
    report(error);
    return undefined;
  }
}

const UNCLEAR = 'The provider may have the file all the same, so it was not sent again.';

function message(facts: ErrorFacts, messages?: Messages): string {
  const { code, violations = [], unclear } = facts;
  const whole = own(() => messages?.errors?.[code], facts);
  const sentences = whole === undefined ? violations.map((violation) => explain(violation, messages)) : [whole];
  if (!sentences.length) sentences.push(MESSAGES[code](facts));
  if (unclear) sentences.push(own(() => messages?.unclear, facts) ?? UNCLEAR);
  return sentences.join(' ');
}

function status({ status }: Told): string {
  return status ? ` (status ${status})` : '';
}

function words({ providerCode }: Told): string {
  return providerCode ? `: ${providerCode}` : '';
}

function listed(limit: Violation['limit']): string {
  return Array.isArray(limit) ? limit.join(', ') : String(limit);
}

function bytes(value: Violation['actual'] | Violation['limit']): string {
  return `${Number(value).toLocaleString('en')} bytes`;
}

function number(value: Violation['actual'] | Violation['limit'], digits = 3): string {
  return Number(value).toLocaleString('en', { maximumFractionDigits: digits });
}

/** With as many digits as it takes to differ from the limit: "600 s, more than 600 s" makes no sense. */
function beside(actual: Violation['actual'], limit: Violation['limit']): string {
  let digits = 3;
  while (digits < 12 && number(actual, digits) === number(limit, digits)) digits += 1;
  return number(actual, digits);
}
