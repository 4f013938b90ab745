// Finds the files of a drop, a paste or a list. Folders are traversed.

import { importOrThrow } from '../api/errors.js';
import { isBlob, isUrl } from '../api/realm.js';
import type { Source } from '../api/types.js';
import { rememberHandle } from './file-handles.js';
import { type DroppedFiles, failed, merged, NOTHING } from './file-list.js';

export type { DroppedFiles } from './file-list.js';

/**
 * A source of files: a drop, a paste, the `files` of an `<input>`, a list of files and URLs, or a single file or URL. `null`
 * is what an `<input>` of another type or an empty event has; it contains no files.
 */
export type FileSources = DataTransfer | ClipboardEvent | DragEvent | FileList | Iterable<Source> | Source | null;

const ACCEPTED = 'expected a File, a Blob, a URL, a list of these, a drop or a paste';

/**
 * Finds the files of a drop, a paste or a list. Folders are traversed, and system files such as `.DS_Store` and `Thumbs.db`
 * are left out. Call it in the event handler, because browsers empty the event afterwards. Items that cannot be read are
 * reported in `errors`, entries of folders after 10 seconds at most.
 * @throws {TypeError} if `sources` is none of these
 * @example
 * ```ts
 * element.addEventListener('drop', async (event) => {
 *   event.preventDefault();
 *   const { files, errors } = await filesFrom(event);
 *   for (const file of files) console.log(file);
 * });
 * ```
 */
export async function filesFrom(sources: FileSources): Promise<DroppedFiles> {
  // Reads everything from the event before the first `await`.
  const items = listOf(sources);
  // Thousands of files without a promise for each.
  const found = items.every(isSource) ? { files: items, errors: [] } : merged(await Promise.all(items.map(tryToFind)));
  if (!found.files.some((source) => (source as File).webkitRelativePath)) return found;
  // If that script cannot be loaded, all files are kept.
  return await folders().then(
    ({ withoutJunk }) => ({ ...found, files: withoutJunk(found.files) }),
    () => found,
  );
}

/** An item of a drop. Browsers support different methods. */
interface Item extends Partial<Omit<DataTransferItem, 'webkitGetAsEntry'>> {
  webkitGetAsEntry?: () => FileSystemEntry | null;
  getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>;
}

function listOf(sources: FileSources): (Source | Item)[] {
  if (sources === null) return [];
  if (isSource(sources)) return [sources];
  const object = Object(sources) as DataTransfer | ClipboardEvent | DragEvent | Iterable<Source>;
  if (Symbol.iterator in object) return [...object];
  const data =
    'clipboardData' in object ? object.clipboardData : 'dataTransfer' in object ? object.dataTransfer : object;
  if (data && !('items' in data)) throw new TypeError(ACCEPTED);
  return [...(data?.items ?? data?.files ?? [])];
}

function isSource(value: unknown): value is Source {
  return typeof value === 'string' || isBlob(value) || isUrl(value);
}

const tryToFind = (item: Source | Item) => find(item).catch(failed);

async function find(item: Source | Item): Promise<DroppedFiles> {
  if (isSource(item)) return { files: [item], errors: [] };
  const { kind, getAsFile } = Object(item) as Item;
  if (!kind && !getAsFile) return failed(new TypeError(ACCEPTED));
  if (kind === 'string') return NOTHING;
  // All synchronously: after the event it is too late.
  const entry = item.webkitGetAsEntry?.();
  const file = item.getAsFile?.();
  const handle = item.getAsFileSystemHandle?.();
  handle?.catch(() => {});
  // For a folder, browsers return a file without content.
  if (file && !entry?.isDirectory) {
    rememberHandle(file, handle);
    return { files: [file], errors: [] };
  }
  return entry || handle ? await (await folders()).read(entry, handle) : NOTHING;
}

const folders = () => importOrThrow(import('./folders.js'));
