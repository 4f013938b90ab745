// The handles of dropped files, with which a page can read them again after a reload. Only Chromium has them.

const handles = new WeakMap<Blob, Promise<FileSystemFileHandle | undefined>>();

/** Remembers the handle that a drop gives for a file. */
export function rememberHandle(file: Blob, handle: Promise<FileSystemHandle | null> | undefined): void {
  if (!handle) return;
  const isFile = (found: FileSystemHandle | null) =>
    found?.kind === 'file' ? (found as FileSystemFileHandle) : undefined;
  handles.set(
    file,
    handle.then(isFile, () => undefined),
  );
}

/** The handle of a file, if there is one. */
export async function handleOf(file: Blob): Promise<FileSystemFileHandle | undefined> {
  return await handles.get(file);
}
