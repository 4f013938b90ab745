// What a queue refuses by its own restrictions: what can be told when a file is added, and what its content shows.

import { type Messages, UploadError } from './error.js';
import type { Media, Restrictions, Violation } from './types.js';

/** What is in a queue already. */
interface Queued {
  files: number;
  bytes: number;
}

/** What adding this file would break. */
export function violations(file: Blob, queued: Queued, restrictions: Restrictions): Violation[] {
  const { allowedFileTypes } = restrictions;
  const found = [
    ...tooMany(queued, restrictions),
    ...below('minFileSize', file.size, restrictions),
    ...above('maxFileSize', file.size, restrictions),
    ...above('maxTotalFileSize', queued.bytes + file.size, restrictions),
  ];
  // Browsers leave the type empty where they do not know it; then the content decides.
  if (allowedFileTypes && file.type && !matches(allowedFileTypes, file.type, nameOf(file)))
    found.push({ rule: 'allowedFileTypes', actual: file.type, limit: [...allowedFileTypes] });
  return found;
}

/** What one more file, or one more address, would break. */
export function tooMany({ files }: Queued, restrictions: Restrictions): Violation[] {
  return above('maxNumberOfFiles', files + 1, restrictions);
}

/** What starting with so few breaks. */
export function tooFew({ files }: Queued, restrictions: Restrictions): Violation[] {
  return below('minNumberOfFiles', files, restrictions);
}

type Highest = 'maxFileSize' | 'maxTotalFileSize' | 'maxNumberOfFiles';
type Lowest = 'minFileSize' | 'minNumberOfFiles';

function above(rule: Highest, actual: number, { [rule]: limit = Number.POSITIVE_INFINITY }: Restrictions): Violation[] {
  return actual > limit ? [{ rule, actual, limit }] : [];
}

function below(rule: Lowest, actual: number, { [rule]: limit = 0 }: Restrictions): Violation[] {
  return actual < limit ? [{ rule, actual, limit }] : [];
}

/** What a file breaks by its content, whatever it calls itself. */
export function contentViolations({ mime, extension, format }: Media, { allowedFileTypes }: Restrictions): Violation[] {
  if (!allowedFileTypes || matches(allowedFileTypes, mime, `.${extension}`)) return [];
  return [{ rule: 'allowedFileTypes', actual: format, limit: [...allowedFileTypes] }];
}

/** The error for what is refused. */
export function refusal(violations: Violation[], messages?: Messages): UploadError {
  return new UploadError(
    { code: 'rejected', retryable: false, unclear: false, stage: 'inspect', violations },
    messages,
  );
}

/** As `<input accept>` reads it: a MIME type, `image/*`, or an extension. */
function matches(allowed: readonly string[], type: string, name: string): boolean {
  const [mime = ''] = type.toLowerCase().split(';');
  return allowed.some((entry) => {
    const wanted = entry.trim().toLowerCase();
    if (wanted.startsWith('.')) return name.toLowerCase().endsWith(wanted);
    return wanted.endsWith('/*') ? mime.startsWith(wanted.slice(0, -1)) : mime.trim() === wanted;
  });
}

function nameOf(file: Blob): string {
  return file instanceof File ? file.name : '';
}
