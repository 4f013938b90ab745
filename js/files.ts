// The files that somebody dropped, pasted or picked; folders are walked.

import { type Found, failed, merged, NOTHING } from './found.js';
import { isBlob, isUrl } from './realm.js';
import { loaded } from './setup-error.js';
import type { Source } from './types.js';

export type { Found } from './found.js';

/** Where files come from: a drop, a paste, the `files` of an `<input>`, a list of files and URLs, or a single one. */
export type Sources = DataTransfer | ClipboardEvent | DragEvent | FileList | Iterable<Source> | Source;

const ACCEPTED = 'expected a File, a Blob, a URL, a list of these, a drop or a paste';

/**
 * Finds the files of a drop, a paste or a list, or a single one. Folders are walked, without what systems leave in them
 * (`.DS_Store`, `Thumbs.db` …). Call it while the event is handled: browsers empty it right after. What cannot be read is
 * reported in `errors`, a folder's entry after 10 seconds at most.
 * @throws {TypeError} if `sources` is none of these
 */
export async function filesFrom(sources: Sources): Promise<Found> {
  // Everything is taken out of a drop before the first `await`.
  const found = merged(await Promise.all(listOf(sources).map((one) => find(one).catch(failed))));
  if (!found.files.some((source) => (source as File).webkitRelativePath)) return found;
  // Without that script, all are kept.
  return await folders().then(
    ({ withoutJunk }) => ({ ...found, files: withoutJunk(found.files) }),
    () => found,
  );
}

/** Part of a drop; browsers differ in what they have. */
interface Item extends Partial<Omit<DataTransferItem, 'webkitGetAsEntry'>> {
  webkitGetAsEntry?: () => FileSystemEntry | null;
  getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>;
}

function listOf(sources: Sources): (Source | Item)[] {
  if (isSource(sources)) return [sources];
  const given = Object(sources) as DataTransfer | ClipboardEvent | DragEvent | Iterable<Source>;
  if (Symbol.iterator in given) return [...given];
  const data = 'clipboardData' in given ? given.clipboardData : 'dataTransfer' in given ? given.dataTransfer : given;
  if (data && !('items' in data)) throw new TypeError(ACCEPTED);
  return [...(data?.items ?? data?.files ?? [])];
}

function isSource(value: unknown): value is Source {
  return typeof value === 'string' || isBlob(value) || isUrl(value);
}

async function find(given: Source | Item): Promise<Found> {
  if (isSource(given)) return { files: [given], errors: [] };
  const { kind, getAsFile } = Object(given) as Item;
  if (!kind && !getAsFile) return failed(new TypeError(ACCEPTED));
  if (kind === 'string') return NOTHING;
  // All at once: after the event it is too late.
  const entry = given.webkitGetAsEntry?.();
  const file = given.getAsFile?.();
  // What browsers give as the file of a folder has nothing in it.
  if (file && !entry?.isDirectory) return { files: [file], errors: [] };
  const handle = given.getAsFileSystemHandle?.();
  handle?.catch(() => {});
  return entry || handle ? await (await folders()).read(entry, handle) : NOTHING;
}

const folders = () => loaded(import('./folders.js'));
