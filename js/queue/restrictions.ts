// The restrictions that are checked when a file is added. The core checks `allowedFileTypes` by content.

import { UploadError } from '../api/errors.js';
import type { Messages } from '../api/message-types.js';
import { isBlob } from '../api/realm.js';
import type { Restrictions, Source, Violation } from '../api/types.js';

/** The uploads that a queue contains. */
interface Queued {
  readonly files: number;
  readonly bytes: number;
}

const NAMES = /^((max|min)(FileSize|NumberOfFiles)|maxTotalFileSize|allowedFileTypes)$/;

/**
 * Rejects a misspelt name, which would allow everything.
 * @throws {TypeError}
 */
export function checkNames(restrictions: Restrictions): void {
  const unknown = Object.keys(restrictions).find((name) => !NAMES.test(name));
  if (unknown) throw new TypeError(`there is no restriction '${unknown}'`);
}

/** The restrictions that adding this file or URL would violate. */
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

/** The violation of `minNumberOfFiles`, if there is one. */
export function tooFew({ files }: Queued, restrictions: Restrictions): Violation[] {
  return compared('minNumberOfFiles', files, restrictions);
}

function compared(rule: Exclude<keyof Restrictions, 'allowedFileTypes'>, actual: number, restrictions: Restrictions) {
  const limit = restrictions[rule] ?? Number.NaN;
  const isViolated = rule.startsWith('max') ? actual > limit : actual < limit;
  return isViolated ? [{ rule, actual, limit }] : [];
}

/** The error for these violations. */
export function rejection(violations: Violation[], messages?: Messages): UploadError {
  return new UploadError(
    { code: 'rejected', retryable: false, outcomeUnknown: false, stage: 'inspect', violations },
    messages,
  );
}
