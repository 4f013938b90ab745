// Rejects scripts that the package would never carry out.

import type { ErrorFacts } from '../api/error-facts.js';
import type { ErrorCode, Stage } from '../api/types.js';
import { en } from '../locale/messages-en.js';
import type { FakeOptions, ScriptedError, UploadScript } from './script-types.js';

/** The stages in order. */
export const STAGES: readonly Stage[] = ['inspect', 'hash', 'ticket', 'transfer', 'submit', 'process'];

/** The errors after which the same upload may succeed, as in src/error.rs. */
const RETRYABLE: readonly ErrorCode[] = [
  ...(['network', 'network_timeout', 'stalled', 'offline', 'rate_limited', 'unavailable'] as const),
  ...(['ticket_expired', 'timed_out', 'interrupted'] as const),
];

/** Where an error usually occurs; elsewhere it is the transfer. */
const USUAL_STAGE: { [Code in ErrorCode]?: Stage } = {
  rejected: 'inspect',
  unrecognised_file: 'inspect',
  unreadable_file: 'inspect',
  unauthenticated: 'ticket',
  refused: 'submit',
  malformed_response: 'submit',
  quota: 'submit',
  processing_failed: 'process',
  timed_out: 'process',
  integrity: 'process',
};

/**
 * Checks the options.
 * @throws {TypeError}
 */
export function checkOptions({ upload, stepMillis = 0 }: FakeOptions): void {
  if (!(stepMillis >= 0)) throw new TypeError(`stepMillis must be at least 0, not ${stepMillis}`);
  if (upload && typeof upload !== 'function') checkScript(upload);
}

/**
 * Checks a script.
 * @throws {TypeError}
 */
export function checkScript({ progress = [], retries = [], holdAt, error }: UploadScript): void {
  for (const [at, fraction] of progress.entries())
    if (!isFraction(fraction) || fraction < (progress[at - 1] ?? 0))
      throw new TypeError(`progress must be fractions from 0 to 1 that do not decrease, not ${progress.join(', ')}`);
  if (typeof holdAt === 'number' ? !isFraction(holdAt) : holdAt !== undefined && !STAGES.includes(holdAt))
    throw new TypeError(`holdAt must be a fraction from 0 to 1, or one of ${STAGES.join(', ')}, not ${holdAt}`);
  for (const code of retries) {
    checkCode(code);
    if (!RETRYABLE.includes(code)) throw new TypeError(`${code} is not retried`);
  }
  if (error) completeError(error);
}

/**
 * Adds the missing facts of an error.
 * @throws {TypeError} if the facts contradict each other
 */
export function completeError(error: ErrorCode | ScriptedError): ErrorFacts & { stage: Stage } {
  const given = typeof error === 'string' ? { code: error } : error;
  const { code, outcomeUnknown = false, stage = USUAL_STAGE[code] ?? 'transfer' } = given;
  checkCode(code);
  if (!STAGES.includes(stage))
    throw new TypeError(`the stage of an error is one of ${STAGES.join(', ')}, not ${stage}`);
  if (code === 'rejected' && !given.violations?.length)
    throw new TypeError("an upload is rejected for violations: { code: 'rejected', violations: […] }");
  if (outcomeUnknown && given.retryable) throw new TypeError('an error with outcomeUnknown is not retryable');
  const retryable = given.retryable ?? (RETRYABLE.includes(code) && !outcomeUnknown);
  return { ...given, stage, outcomeUnknown, retryable };
}

function checkCode(code: ErrorCode): void {
  if (!(code in en.errors)) throw new TypeError(`there is no error code '${code}'`);
}

const isFraction = (value: number) => value >= 0 && value <= 1;
