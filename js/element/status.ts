// How an upload is doing, in words.

import type { Messages, UploadError } from '../error.js';
import { explain } from '../index.js';
import type { Progress, TotalProgress } from '../types.js';
import type { Upload } from '../uploads.js';
import { bytes, rate, span } from './units.js';
import type { Words } from './words.js';

/** "Sending · 3.1 MB of 48 MB · 8.1 MB/s · 4 sec left" */
export function statusOf({ status, stage, progress, retry }: Upload, words: Words, messages?: Messages): string {
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
export function totalOf(progress: TotalProgress, words: Words): string {
  return joined(words.total(progress), ...pace(progress, words));
}

/** Why an upload has failed. The page's own code may throw anything, also what has no words. */
export function reasonOf(error: unknown, words: Words): string {
  const message = (error as Partial<Error> | undefined)?.message ?? error;
  return (typeof message === 'string' && message) || words.statuses.failed;
}

/** Whether a retry may help: not if the error says that the same file would fail again. */
export function canRetry({ status, error }: Pick<Upload, 'status' | 'error'>): boolean {
  if (status !== 'failed') return status === 'aborted';
  const { name, retryable, unclear } = Object(error) as UploadError;
  return name !== 'UploadError' || retryable || unclear;
}

function pace({ bytesPerSecond, secondsLeft, sentBytes, totalBytes }: Progress, { language, left }: Words): string[] {
  if (!bytesPerSecond || secondsLeft === undefined || sentBytes >= totalBytes) return [];
  return [rate(bytesPerSecond, language), left(span(secondsLeft, language))];
}

const joined = (...facts: string[]) => facts.join(' · ');
