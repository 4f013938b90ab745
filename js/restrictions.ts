// A queue's own limits: what can be checked when a file is added. The core checks `allowedFileTypes` by content.

import { type Messages, UploadError } from './error.js';
import { isBlob } from './realm.js';
import type { Restrictions, Source, Violation } from './types.js';

/** What is in a queue already. */
interface Queued {
  readonly files: number;
  readonly bytes: number;
}

/** The limits that this file, or this URL, would violate. */
export function violations(source: Source, { files, bytes }: Queued, restrictions: Restrictions): Violation[] {
  const found = compared('maxNumberOfFiles', files + 1, restrictions);
  if (!isBlob(source)) return found;
  return [
    ...found,
    ...compared('minFileSize', source.size, restrictions),
    ...compared('maxFileSize', source.size, restrictions),
    ...compared('maxTotalFileSize', bytes + source.size, restrictions),
  ];
}

/** The limit that starting with so few files violates. */
export function tooFew({ files }: Queued, restrictions: Restrictions): Violation[] {
  return compared('minNumberOfFiles', files, restrictions);
}

function compared(rule: Exclude<keyof Restrictions, 'allowedFileTypes'>, actual: number, restrictions: Restrictions) {
  const limit = restrictions[rule] ?? Number.NaN;
  const isViolated = rule.startsWith('max') ? actual > limit : actual < limit;
  return isViolated ? [{ rule, actual, limit }] : [];
}

/** The error for these violations. */
export function refusal(violations: Violation[], messages?: Messages): UploadError {
  return new UploadError(
    { code: 'rejected', retryable: false, unclear: false, stage: 'inspect', violations },
    messages,
  );
}
