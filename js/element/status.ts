// The status of an upload as text.

import type { UploadError } from '../api/errors.js';
import type { Messages } from '../api/message-types.js';
import type { Progress, Stage, TotalProgress } from '../api/types.js';
import { explain } from '../index.js';
import type { Task, UploadState } from '../queue/upload-store.js';
import type { UploadTaskImpl } from '../upload/upload-task.js';
import type { ElementLabels } from './labels.js';
import { bytes, rate, span } from './units.js';

/** What the text of a status depends on. */
export interface StatusContext {
  labels: ElementLabels;
  messages: Messages | undefined;
  /** Whether the rate and the time left are shown for all uploads together. */
  isRateShared: boolean;
}

/** "Uploading · 3.1 MB of 48 MB · 8.1 MB/s · 4 sec left" */
export function statusOf(upload: UploadState, { labels, messages, isRateShared }: StatusContext): string {
  const { status, stage, progress, retry } = upload;
  const { language } = labels;
  if (status !== 'uploading') {
    if (status === 'failed') return labels.statuses[isRejected(upload) ? 'rejected' : status];
    const size = progress.totalBytes > 0 ? [bytes(progress.totalBytes, language)] : [];
    return joined(labels.statuses[status], ...size);
  }
  if (retry) {
    const seconds = Math.ceil((retry.at - Date.now()) / 1000);
    return seconds > 0
      ? `${explain(retry, messages)} ${labels.nextTry(span(seconds, language))}`
      : labels.stages[stage ?? 'transfer'];
  }
  if (stage !== 'transfer') return labels.stages[stage ?? 'inspect'];
  const total = bytes(progress.totalBytes, language);
  const sent = progress.sentBytes > 0 ? labels.sent(bytes(progress.sentBytes, language), total) : total;
  return joined(labels.stages.transfer, sent, ...(isRateShared ? [] : rateOf(progress, labels)));
}

/** "1 of 3 uploaded · 8.1 MB/s · 4 sec left" */
export function totalOf(progress: TotalProgress, labels: ElementLabels): string {
  return joined(labels.total(progress), ...rateOf(progress, labels));
}

/** The reason why an upload failed. The page's own code may throw anything, even a value without a message. */
export function reasonFor(error: unknown, labels: ElementLabels): string {
  const message = (error as Partial<Error> | undefined)?.message ?? error;
  return (typeof message === 'string' && message) || labels.statuses.failed;
}

/** A reason, with the violated rule, if there is one. */
type Reason = [reason: string, rule?: string];

/** The reasons why the task failed. */
export function reasonsFor(task: Task, error: unknown, labels: ElementLabels, messages?: Messages): Reason[] {
  const { violations = [], outcomeUnknown } = Object(error) as Partial<UploadError>;
  const message = reasonFor(error, labels);
  const reasonsIn = (texts?: Messages) =>
    violations.map((violation): Reason => [explain(violation, texts), violation.rule]);
  // The page may have its own message for all of them. The messages may have changed since the error was created.
  const { options } = task as unknown as UploadTaskImpl;
  const isStandard = violations.length > 0 && textOf(reasonsIn(options.messages)) === message;
  const shown: Reason[] = isStandard ? reasonsIn(messages) : [[message]];
  if (outcomeUnknown) shown.push([labels.mayDuplicate]);
  if (isUnfixable(error)) shown.push([labels.unfixable]);
  return shown;
}

/** The reasons as one text. */
export function textOf(reasons: Reason[]): string {
  return reasons.map(([reason]) => reason).join(' ');
}

/** Whether a fix was asked for and is impossible, or has failed. If the user has declined it, this need not be shown. */
function isUnfixable(error: unknown): boolean {
  const { stage, cause } = Object(error) as Partial<UploadError>;
  return stage === 'fix' && cause !== undefined && (cause as Error).name !== 'NotAllowedError';
}

/** Whether the upload failed because of the file itself. */
export function isRejected({ status, error }: Pick<UploadState, 'status' | 'error'>): boolean {
  const { code } = Object(error) as Partial<UploadError>;
  return status === 'failed' && (code === 'rejected' || code === 'unrecognised_file');
}

/** Whether a retry may help. It cannot if the same file or the same options would fail again. */
export function canRetry({ status, stage, error }: Pick<UploadState, 'status' | 'stage' | 'error'>): boolean {
  if (status !== 'failed') return status === 'aborted';
  const { name, retryable, outcomeUnknown } = Object(error) as UploadError;
  return name === 'UploadError' ? retryable || outcomeUnknown : !isMisuse(stage, error);
}

/**
 * Whether the options are invalid. They are checked first: a later `TypeError` comes from code of the page, such as `fetch` in
 * its token function.
 */
export function isMisuse(stage: Stage | undefined, error: unknown): boolean {
  return (Object(error) as Error).name === 'TypeError' && (!stage || stage === 'inspect');
}

function rateOf(
  { bytesPerSecond, secondsLeft, sentBytes, totalBytes }: Progress,
  { language, left }: ElementLabels,
): string[] {
  if (!bytesPerSecond || secondsLeft === undefined || sentBytes >= totalBytes) return [];
  return [rate(bytesPerSecond, language), left(span(secondsLeft, language))];
}

const joined = (...parts: string[]) => parts.join(' · ');
