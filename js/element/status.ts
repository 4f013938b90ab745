// How an upload is doing, in words.

import type { Messages } from '../error.js';
import { explain, UploadError } from '../index.js';
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

/** Why an upload has failed. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether trying it again makes sense: not where the file itself is what is refused. */
export function canRetry({ status, error }: Upload): boolean {
  if (status !== 'failed') return status === 'aborted';
  return error instanceof UploadError && (error.retryable || error.unclear);
}

function pace({ bytesPerSecond, secondsLeft, sentBytes, totalBytes }: Progress, { language, left }: Words): string[] {
  if (!bytesPerSecond || secondsLeft === undefined || sentBytes >= totalBytes) return [];
  return [rate(bytesPerSecond, language), left(span(secondsLeft, language))];
}

const joined = (...facts: string[]) => facts.join(' · ');
