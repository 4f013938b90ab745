// Traverses dropped folders. Loaded for the first one.

import { isFile } from '../api/realm.js';
import type { Source } from '../api/types.js';
import { withTimeout } from '../api/waiting.js';
import { type DroppedFiles, failed, merged, NOTHING } from './file-list.js';

/** How long reading one entry of a folder may take: some never settle, for example on a disconnected network drive. */
const ENTRY_MILLIS = 10_000;

/**
 * Files that operating systems create in folders. Sources: the `Global` templates for macOS, Windows and Linux of
 * github/gitignore, and the npm packages junk 4 and file-selector 2.
 */
const JUNK = new RegExp(
  '^(\\.(_.*|DS_Store|localized|AppleD(ouble|B|esktop)|LSOverride|fseventsd|TemporaryItems|apdisk|VolumeIcon\\.icns|' +
    '(Spotlight|DocumentRevisions)-V100|Trash(es|-\\d+)|directory|nfs[\\da-f]+|fuse_hidden.*)|Icon\\r|__MACOSX|' +
    '(eh)?thumbs(_vista)?\\.db|desktop\\.ini|\\$RECYCLE\\.BIN|System Volume Information|@eaDir)$',
  'i',
);

/** Removes system files from the files of a picked folder (`<input webkitdirectory>`). */
export function withoutJunk(sources: readonly Source[]): Source[] {
  return sources.filter((source) => {
    const [, ...names] = (isFile(source) && source.webkitRelativePath?.split('/')) || [];
    return !names.some((name) => JUNK.test(name));
  });
}

/** Reads a dropped item with the first of these interfaces that works. */
export async function read(...entries: (Entry | null | undefined | Promise<Entry | null>)[]): Promise<DroppedFiles> {
  let found = NOTHING;
  for (const candidate of entries) {
    try {
      const entry = await candidate;
      if (entry) return await walk(entry);
    } catch (error) {
      found = found.errors.length > 0 ? found : failed(error);
    }
  }
  return found;
}

/** The two interfaces to folders. */
export type Entry = FileSystemEntry | FileSystemHandle;

/** Returns a file, or all files below a folder. Throws if the entry itself cannot be read. */
async function walk(entry: Entry): Promise<DroppedFiles> {
  if ('kind' in entry ? entry.kind === 'file' : entry.isFile)
    return { files: [await inTime(fileOf(entry), entry)], errors: [] };
  const read = readerOf(entry);
  const found: Promise<DroppedFiles>[] = [];
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

/** Returns a function that reads the next entries of a folder; at the end, none. */
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
const inTime = <T>(reading: Promise<T>, { name }: Entry): Promise<T> =>
  withTimeout(
    reading,
    ENTRY_MILLIS,
    () => new DOMException(`${name} was not read in ${ENTRY_MILLIS / 1000} s`, 'TimeoutError'),
  );
