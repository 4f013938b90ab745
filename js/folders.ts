// Folders that somebody dropped, walked. Loaded for the first of them.

import { type Found, failed, merged, NOTHING } from './found.js';
import { isFile } from './realm.js';
import type { Source } from './types.js';

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

/** Leaves out what systems left in a folder that was picked (`<input webkitdirectory>`). */
export function withoutJunk(sources: readonly Source[]): Source[] {
  return sources.filter((source) => {
    const [, ...names] = (isFile(source) && source.webkitRelativePath?.split('/')) || [];
    return !names.some((name) => JUNK.test(name));
  });
}

/** Reads one thing that was dropped by the first of these interfaces that can. */
export async function read(...ways: (Entry | null | undefined | Promise<Entry | null>)[]): Promise<Found> {
  let found = NOTHING;
  for (const way of ways) {
    try {
      const entry = await way;
      if (entry) return await walk(entry);
    } catch (error) {
      found = found.errors.length > 0 ? found : failed(error);
    }
  }
  return found;
}

/** The two interfaces to folders. */
export type Entry = FileSystemEntry | FileSystemHandle;

/** A file, or all files below a folder. It throws if it cannot be read itself. */
async function walk(entry: Entry): Promise<Found> {
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
