// The files that somebody dropped, pasted or picked; folders are walked.

import { isBlob, isFile, isUrl } from './realm.js';
import type { Source } from './types.js';

/** Where files come from: a drop, a paste, the `files` of an `<input>`, a list of files and URLs, or a single one. */
export type Sources = DataTransfer | ClipboardEvent | DragEvent | FileList | Iterable<Source> | Source;

/** The files that were found. */
export interface Found {
  /** Files, and URLs if there were some in the list, in their order. */
  files: Source[];
  /** Why the others cannot be read. */
  errors: unknown[];
}

const ACCEPTED = 'a File, a Blob, a URL, a list of these, a DataTransfer, or a drop or paste event';

/** How long reading one entry of a folder may take: some never answer, for example of a network drive that is gone. */
const ENTRY_MILLIS = 10_000;

/**
 * What systems leave in folders. Sources: the `Global` templates for macOS, Windows and Linux of github/gitignore, and the
 * npm packages junk 4 and file-selector 2.
 */
const JUNK = new RegExp(
  '^(\\.(_.*|DS_Store|localized|AppleD(ouble|B|esktop)|LSOverride|fseventsd|TemporaryItems|apdisk|VolumeIcon\\.icns|' +
    '(Spotlight|DocumentRevisions)-V100|Trash(es|-\\d+)|directory|nfs[\\da-f]+|fuse_hidden.*)|Icon\\r|__MACOSX|' +
    '(eh)?thumbs(_vista)?\\.db|desktop\\.ini|\\$RECYCLE\\.BIN|System Volume Information|@eaDir)$',
  'i',
);

/**
 * Finds the files of a drop, a paste or a list, or a single one. Folders are walked, without what systems leave in them
 * (`.DS_Store`, `Thumbs.db` …). Call it while the event is handled: browsers empty it right after. What cannot be read is
 * reported in `errors`, a folder's entry after 10 seconds at most.
 * @throws {TypeError} if `sources` is none of these
 */
export async function filesFrom(sources: Sources): Promise<Found> {
  // Everything is taken out of a drop before the first `await`.
  return merged(await Promise.all(listOf(sources).map((one) => find(one).catch(failed))));
}

/** Part of a drop; browsers differ in what they have. */
interface Item extends Partial<Omit<DataTransferItem, 'webkitGetAsEntry'>> {
  webkitGetAsEntry?: () => FileSystemEntry | null;
  getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>;
}

function listOf(sources: Sources): (Source | Item)[] {
  if (isSource(sources)) return [sources];
  if (typeof sources !== 'object' || sources === null) throw new TypeError(`expected ${ACCEPTED}`);
  if (Symbol.iterator in sources) return [...sources];
  if ('clipboardData' in sources) return itemsOf(sources.clipboardData);
  if ('dataTransfer' in sources) return itemsOf(sources.dataTransfer);
  if ('items' in sources) return itemsOf(sources);
  throw new TypeError(`expected ${ACCEPTED}`);
}

function itemsOf(transfer: DataTransfer | null): (Source | Item)[] {
  return [...(transfer?.items ?? transfer?.files ?? [])];
}

function isSource(value: unknown): value is Source {
  return typeof value === 'string' || isBlob(value) || isUrl(value);
}

async function find(given: Source | Item): Promise<Found> {
  if (isSource(given)) return { files: isJunk(given) ? [] : [given], errors: [] };
  const { kind } = Object(given) as Item;
  if (!kind && !Object(given).getAsFile) return failed(new TypeError(`expected ${ACCEPTED} in the list`));
  if (kind === 'string') return NOTHING;
  // All at once: after the event it is too late.
  const entry = given.webkitGetAsEntry?.();
  const isFolder = entry?.isDirectory;
  const file = given.getAsFile?.();
  const handle = file && !isFolder ? undefined : given.getAsFileSystemHandle?.();
  handle?.catch(() => {});
  const ways = [
    entry && (() => walk(entry)),
    file && !isFolder && (() => ({ files: [file], errors: [] })),
    handle && (async () => await walk(await handle)),
  ];
  let found = NOTHING;
  for (const way of ways) {
    if (!way) continue;
    try {
      return await way();
    } catch (error) {
      found = found.errors.length > 0 ? found : failed(error);
    }
  }
  return found;
}

/** Whether a system left it in the folder that was picked (`<input webkitdirectory>`). */
function isJunk(source: Source): boolean {
  const [, ...names] = isFile(source) ? (source.webkitRelativePath?.split('/') ?? []) : [];
  return names.some((name) => JUNK.test(name));
}

/** The two interfaces to folders. */
type Entry = FileSystemEntry | FileSystemHandle;

/** A file, or all files below a folder. It throws if it cannot be read itself. */
async function walk(entry: Entry | null): Promise<Found> {
  if (!entry) return NOTHING;
  if ('kind' in entry ? entry.kind === 'file' : entry.isFile)
    return { files: [await inTime(fileOf(entry), entry)], errors: [] };
  const read = readerOf(entry);
  const found: Promise<Found>[] = [];
  try {
    for (;;) {
      const part = await inTime(read(), entry);
      if (part.length === 0) break;
      for (const child of part) if (!JUNK.test(child.name)) found.push(walk(child).catch(failed));
    }
  } catch (error) {
    if (found.length === 0) throw error;
    found.push(Promise.resolve(failed(error)));
  }
  return merged(await Promise.all(found));
}

async function fileOf(entry: Entry): Promise<File> {
  if ('getFile' in entry) return await (entry as FileSystemFileHandle).getFile();
  return await new Promise((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
}

/** Reads the next part of a folder; the last one is empty. */
function readerOf(folder: Entry): () => Promise<Entry[]> {
  if ('values' in folder) {
    const all = (folder as FileSystemDirectoryHandle).values();
    return async () => {
      const { done, value } = await all.next();
      return done ? [] : [value];
    };
  }
  const reader = (folder as FileSystemDirectoryEntry).createReader();
  return () => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

/** Rejects if reading an entry takes too long. */
async function inTime<T>(reading: Promise<T>, { name }: Entry): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = () => new DOMException(`${name} was not read in ${ENTRY_MILLIS / 1000} s`, 'TimeoutError');
    timer = setTimeout(() => reject(error()), ENTRY_MILLIS);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}

const NOTHING: Found = { files: [], errors: [] };
const failed = (error: unknown): Found => ({ files: [], errors: [error] });

function merged(all: Found[]): Found {
  return { files: all.flatMap(({ files }) => files), errors: all.flatMap(({ errors }) => errors) };
}
