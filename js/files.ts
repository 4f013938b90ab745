// The files that somebody has dropped, pasted or picked; folders are walked.

import type { Source } from './types.js';

/** Where files come from: a drop, a paste, the `files` of an `<input>`, or any list of files and URLs. */
export type Sources = DataTransfer | ClipboardEvent | DragEvent | FileList | Iterable<Source>;

/** The files that were found. */
export interface Found {
  /** Files, and URLs where there were some in the list, in their order. */
  files: Source[];
  /** Why the rest could not be read. */
  errors: unknown[];
}

/**
 * Finds the files of a drop, a paste or a list; folders are walked. Call it while the event is handled: browsers empty it
 * right after. It never rejects for what cannot be read.
 */
export async function filesFrom(sources: Sources): Promise<Found> {
  if (Symbol.iterator in sources) return { files: [...sources], errors: [] };
  const found: Found = { files: [], errors: [] };
  const entries: FileSystemEntry[] = [];
  for (const item of transferOf(sources)?.items ?? []) {
    const entry = item.webkitGetAsEntry?.();
    const file = entry ? null : item.getAsFile();
    if (entry) entries.push(entry);
    else if (file) found.files.push(file);
  }
  for (const entry of entries) await walk(entry, found);
  return found;
}

function transferOf(sources: DataTransfer | ClipboardEvent | DragEvent): DataTransfer | null {
  if ('items' in sources) return sources;
  return 'clipboardData' in sources ? sources.clipboardData : sources.dataTransfer;
}

/** Depth first, in the order in which the browser lists. */
async function walk(root: FileSystemEntry, { files, errors }: Found): Promise<void> {
  const left = [root];
  for (let entry = left.pop(); entry; entry = left.pop()) {
    try {
      if (entry.isFile) files.push(await fileOf(entry as FileSystemFileEntry));
      else left.push(...(await entriesOf(entry as FileSystemDirectoryEntry)).reverse());
    } catch (error) {
      errors.push(error);
    }
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A reader gives a folder in parts of about a hundred, the last of them empty. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return all;
    all.push(...part);
  }
}
