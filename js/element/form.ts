// The element in a form: what is submitted, and what keeps the form from it.

import type { RemoteAsset } from '../types.js';
import type { Upload } from '../uploads.js';
import type { Words } from './words.js';

/** What the uploads have brought, in the order of the list. */
export function assetsOf(uploads: readonly Upload[]): RemoteAsset[] {
  return uploads.flatMap(({ asset }) => asset ?? []);
}

/** The one reference, or each of them under the element's name. */
export function formValue(refs: readonly string[], name: string, isMultiple: boolean): string | FormData | null {
  if (!isMultiple) return refs[0] ?? null;
  if (refs.length === 0 || !name) return null;
  const data = new FormData();
  for (const ref of refs) data.append(name, ref);
  return data;
}

/** The first reason for which the form cannot be sent yet; empty where there is none. */
export function validity(
  uploads: readonly Upload[],
  isRequired: boolean,
  words: Words,
): [flags: ValidityStateFlags, message: string] {
  const is = (...statuses: Upload['status'][]) => uploads.some(({ status }) => statuses.includes(status));
  if (is('queued', 'uploading', 'paused')) return [{ customError: true }, words.stillUploading];
  if (is('failed')) return [{ customError: true }, words.failures];
  if (isRequired && !is('succeeded')) return [{ valueMissing: true }, words.missing];
  return [{}, ''];
}
