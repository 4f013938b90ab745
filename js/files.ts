// The files that somebody has dropped, pasted or picked; folders are walked.

import type { Source } from './types.js';

/** What `addAll` takes. */
export type Sources = DataTransfer | ClipboardEvent | DragEvent | FileList | Iterable<Source>;

/** What could be read, and why the rest could not. */
export interface Found {
  files: Source[];
  errors: unknown[];
}

/**
 * Finds the files. The first look is taken at once, for a `DataTransfer` is empty when its event is over.
 */
export async function find(sources: Sources): Promise<Found> {
  const transfer = transferOf(sources);
  if (!transfer) return { files: [...(sources as Iterable<Source>)], errors: [] };
  const found: Found = { files: [], errors: [] };
  const entries: FileSystemEntry[] = [];
  for (const item of transfer.items) {
    const entry = item.webkitGetAsEntry?.();
    const file = entry ? null : item.getAsFile();
    if (entry) entries.push(entry);
    else if (file) found.files.push(file);
  }
  for (const entry of entries) await walk(entry, found);
  return found;
}

function transferOf(sources: Sources): DataTransfer | null {
  if ('items' in sources) return sources;
  if ('clipboardData' in sources) return sources.clipboardData;
  return 'dataTransfer' in sources ? sources.dataTransfer : null;
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
