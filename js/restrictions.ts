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
  const { minFileSize, maxFileSize, maxTotalFileSize, allowedFileTypes } = restrictions;
  const found = tooMany(queued, restrictions);
  const total = queued.bytes + file.size;
  if (minFileSize !== undefined && file.size < minFileSize)
    found.push({ rule: 'minFileSize', actual: file.size, limit: minFileSize });
  if (maxFileSize !== undefined && file.size > maxFileSize)
    found.push({ rule: 'maxFileSize', actual: file.size, limit: maxFileSize });
  if (maxTotalFileSize !== undefined && total > maxTotalFileSize)
    found.push({ rule: 'maxTotalFileSize', actual: total, limit: maxTotalFileSize });
  // Browsers leave the type empty where they do not know it; then the content decides.
  if (allowedFileTypes && file.type && !matches(allowedFileTypes, file.type, nameOf(file)))
    found.push({ rule: 'allowedFileTypes', actual: file.type, limit: [...allowedFileTypes] });
  return found;
}

/** What one more file, or one more address, would break. */
export function tooMany({ files }: Queued, { maxNumberOfFiles }: Restrictions): Violation[] {
  if (maxNumberOfFiles === undefined || files < maxNumberOfFiles) return [];
  return [{ rule: 'maxNumberOfFiles', actual: files + 1, limit: maxNumberOfFiles }];
}

/** What starting with so few breaks. */
export function tooFew({ files }: Queued, { minNumberOfFiles }: Restrictions): Violation[] {
  if (minNumberOfFiles === undefined || files >= minNumberOfFiles) return [];
  return [{ rule: 'minNumberOfFiles', actual: files, limit: minNumberOfFiles }];
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
