// The status of an upload as text.

import type { UploadError } from '../api/error.js';
import type { Messages } from '../api/message-types.js';
import type { Progress, TotalProgress } from '../api/types.js';
import { explain } from '../index.js';
import type { UploadState } from '../queue/upload-store.js';
import type { Labels } from './labels.js';
import { bytes, rate, span } from './units.js';

/** "Uploading · 3.1 MB of 48 MB · 8.1 MB/s · 4 sec left" */
export function statusOf({ status, stage, progress, retry }: UploadState, labels: Labels, messages?: Messages): string {
  const { language } = labels;
  if (status !== 'uploading') {
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
  const sent = labels.sent(bytes(progress.sentBytes, language), bytes(progress.totalBytes, language));
  return joined(labels.stages.transfer, sent, ...rateOf(progress, labels));
}

/** "1 of 3 files uploaded · 8.1 MB/s · 4 sec left" */
export function totalOf(progress: TotalProgress, labels: Labels): string {
  return joined(labels.total(progress), ...rateOf(progress, labels));
}

/** The reason why an upload failed. The page's own code may throw anything, also a value without a message. */
export function reasonFor(error: unknown, labels: Labels): string {
  const message = (error as Partial<Error> | undefined)?.message ?? error;
  return (typeof message === 'string' && message) || labels.statuses.failed;
}

/** Whether a retry may help. It cannot if the same file would fail again. */
export function canRetry({ status, error }: Pick<UploadState, 'status' | 'error'>): boolean {
  if (status !== 'failed') return status === 'aborted';
  const { name, retryable, outcomeUnknown } = Object(error) as UploadError;
  return name !== 'UploadError' || retryable || outcomeUnknown;
}

function rateOf(
  { bytesPerSecond, secondsLeft, sentBytes, totalBytes }: Progress,
  { language, left }: Labels,
): string[] {
  if (!bytesPerSecond || secondsLeft === undefined || sentBytes >= totalBytes) return [];
  return [rate(bytesPerSecond, language), left(span(secondsLeft, language))];
}

const joined = (...parts: string[]) => parts.join(' · ');
