// How an upload is doing, in words.

import type { UploadError } from '../api/error.js';
import type { Messages } from '../api/message-types.js';
import type { Progress, TotalProgress } from '../api/types.js';
import { explain } from '../index.js';
import type { UploadState } from '../queue/upload-store.js';
import type { Labels } from './labels.js';
import { bytes, rate, span } from './units.js';

/** "Sending · 3.1 MB of 48 MB · 8.1 MB/s · 4 sec left" */
export function statusOf({ status, stage, progress, retry }: UploadState, words: Labels, messages?: Messages): string {
  const { language } = words;
  if (status !== 'uploading') {
    const size = progress.totalBytes > 0 ? [bytes(progress.totalBytes, language)] : [];
    return joined(words.statuses[status], ...size);
  }
  if (retry) {
    const seconds = Math.ceil((retry.at - Date.now()) / 1000);
    return seconds > 0
      ? `${explain(retry, messages)} ${words.nextTry(span(seconds, language))}`
      : words.stages[stage ?? 'transfer'];
  }
  if (stage !== 'transfer') return words.stages[stage ?? 'inspect'];
  const sent = words.sent(bytes(progress.sentBytes, language), bytes(progress.totalBytes, language));
  return joined(words.stages.transfer, sent, ...pace(progress, words));
}

/** "1 of 3 uploaded · 8.1 MB/s · 4 sec left" */
export function totalOf(progress: TotalProgress, words: Labels): string {
  return joined(words.total(progress), ...pace(progress, words));
}

/** Why an upload has failed. The page's own code may throw anything, also what has no words. */
export function reasonOf(error: unknown, words: Labels): string {
  const message = (error as Partial<Error> | undefined)?.message ?? error;
  return (typeof message === 'string' && message) || words.statuses.failed;
}

/** Whether a retry may help: not if the error says that the same file would fail again. */
export function canRetry({ status, error }: Pick<UploadState, 'status' | 'error'>): boolean {
  if (status !== 'failed') return status === 'aborted';
  const { name, retryable, outcomeUnknown } = Object(error) as UploadError;
  return name !== 'UploadError' || retryable || outcomeUnknown;
}

function pace({ bytesPerSecond, secondsLeft, sentBytes, totalBytes }: Progress, { language, left }: Labels): string[] {
  if (!bytesPerSecond || secondsLeft === undefined || sentBytes >= totalBytes) return [];
  return [rate(bytesPerSecond, language), left(span(secondsLeft, language))];
}

const joined = (...facts: string[]) => facts.join(' · ');
