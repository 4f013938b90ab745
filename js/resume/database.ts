// Interrupted uploads in IndexedDB: what is needed to continue them, and never bytes of a file.

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

/** The maximum number of uploads. The oldest make room for new ones. */
const MAX_UPLOADS = 50;

/** The version of `StoredUpload`. Records of another version are deleted. */
const VERSION = 2;

/** A stored upload. It has at most 16 KB. */
export interface StoredUpload {
  id: string;
  /** The provider's id, the gateway and the provider's options: a JSON text, equal for uploads that can continue each other. */
  target: string;
  size: number;
  type: string;
  name: string | undefined;
  /** The file, if the browser has given access to it beyond this page. */
  handle: FileSystemFileHandle | undefined;
  /** The state of the core. */
  continuation: string;
  /** The latest state with the digests of the stored parts. Its successors do without. */
  parts: string;
  /** The id of requests that may create an asset. */
  attempt: string;
  storedBytes: number;
  /** In milliseconds since 1970, like `expiresAt`. */
  updatedAt: number;
  expiresAt: number;
}

interface Schema extends DBSchema {
  uploads: { key: string; value: StoredUpload };
}

let opening: Promise<IDBPDatabase<Schema>> | undefined;

function database(): Promise<IDBPDatabase<Schema>> {
  if (opening) return opening;
  const forget = () => {
    opening = undefined;
  };
  const opened = openDB<Schema>('mediaferry', VERSION, {
    upgrade: (db, before) => {
      if (before > 0) db.deleteObjectStore('uploads');
      db.createObjectStore('uploads', { keyPath: 'id' });
    },
    // Another tab has a newer version of the package.
    blocking: (_, __, event) => {
      (event.target as IDBDatabase).close();
      forget();
    },
    terminated: forget,
  });
  opening = opened;
  opened.catch(forget);
  return opened;
}

/** Returns all uploads that have not expired, the latest first. Removes the others. */
export async function readAll(now = Date.now()): Promise<StoredUpload[]> {
  const uploads = (await (await database()).getAll('uploads')).sort((one, other) => other.updatedAt - one.updatedAt);
  const kept = uploads.filter(({ expiresAt }, at) => expiresAt > now && at < MAX_UPLOADS);
  for (const upload of uploads) if (!kept.includes(upload)) await remove(upload.id);
  return kept;
}

export async function read(id: string): Promise<StoredUpload | undefined> {
  return (await readAll()).find((upload) => upload.id === id);
}

export async function write(upload: StoredUpload): Promise<void> {
  const db = await database();
  try {
    await db.put('uploads', upload);
  } catch (error) {
    // Firefox cannot store a handle of some files; everything else is worth more.
    if (!upload.handle || (error as Error).name !== 'DataCloneError') throw error;
    await db.put('uploads', { ...upload, handle: undefined });
  }
}

export async function remove(id: string): Promise<void> {
  await (await database()).delete('uploads', id);
}
