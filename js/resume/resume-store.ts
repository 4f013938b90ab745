// The interrupted uploads of a queue. Loaded when a queue with `resume` has something to store or to list.

import { isFile } from '../api/realm.js';
import type { ResumableUpload, ResumeCode } from '../api/resume-types.js';
import { toHex } from '../runtime/hex.js';
import type { TaskOptions } from '../upload/serialize-upload.js';
import type { UploadTaskImpl } from '../upload/upload-task.js';
import { readParts } from './continuation.js';
import { read, readAll, remove, type StoredUpload } from './database.js';
import { lockedIds } from './lock.js';
import { type About, Session } from './session.js';
import { optionsFor, providerOf, targetOf } from './target.js';

export { Session } from './session.js';

/** Lists the interrupted uploads that no tab is uploading. */
export async function listResumable(): Promise<ResumableUpload[]> {
  const [uploads, locked] = await Promise.all([readAll(), lockedIds()]);
  return uploads
    .filter(({ id }) => !locked.has(id))
    .map(({ id, target, size, type, name, handle, storedBytes, updatedAt, expiresAt }) => ({
      id,
      provider: providerOf(target),
      ...(name === undefined ? {} : { name }),
      size,
      type,
      storedBytes,
      updatedAt: new Date(updatedAt),
      expiresAt: new Date(expiresAt),
      hasFile: handle !== undefined,
    }));
}

/** An interrupted upload that is ready to be continued. */
export interface Opened {
  session: Session;
  source: Blob;
  options: Partial<TaskOptions>;
}

/** Why it is not. */
export interface NotOpened {
  code: ResumeCode;
  cause?: unknown;
}

/** Opens an interrupted upload. Without a file, the stored handle is used, and the browser may ask for permission. */
export async function openStored(
  id: string,
  file: Blob | undefined,
  provider: TaskOptions['provider'] | undefined,
  hash: Hash,
): Promise<Opened | NotOpened> {
  const stored = await read(id);
  if (!stored) return { code: 'not_found' };
  const source = file ?? (await fileOf(stored));
  if ('code' in source) return source;
  // While parts are sent, the core compares them.
  const isSame = stored.continuation === stored.parts || (await isSameFile(source, stored, hash));
  const session = await Session.open(isSame ? stored : { ...stored, continuation: stored.parts });
  return session ? { session, source, options: optionsFor(stored.target, provider) } : { code: 'in_use' };
}

/** What is needed to delete the parts of a forgotten upload. */
export interface Forgotten {
  options: Partial<TaskOptions>;
  continuation: string;
}

/** Forgets one interrupted upload, or all. Those that a tab is uploading stay. Returns those whose parts are not completed. */
export async function forgetStored(
  id: string | undefined,
  provider: TaskOptions['provider'] | undefined,
): Promise<Forgotten[]> {
  const locked = await lockedIds();
  const uploads = (await readAll()).filter(
    (upload) => (id === undefined || upload.id === id) && !locked.has(upload.id),
  );
  await Promise.all(uploads.map((upload) => remove(upload.id)));
  return uploads
    .filter(({ continuation, parts }) => continuation === parts)
    .map(({ target, continuation }) => ({ options: optionsFor(target, provider), continuation }));
}

/** Returns the SHA-256 in hexadecimal. */
type Hash = (part: Blob) => Promise<string>;

/** Opens the interrupted upload of the same file to the same place, whatever its name, or a new session. */
export async function openFor({ sent, options }: UploadTaskImpl, hash: Hash): Promise<Session | undefined> {
  const file = sent as Blob;
  const target = targetOf(options);
  for (const stored of await readAll()) {
    if (stored.target !== target || !(await isSameFile(file, stored, hash))) continue;
    const session = await Session.open(stored);
    if (session) return session;
  }
  return await Session.open();
}

/** What is stored of an upload beside its state. The name is the one that the user knows, also if the file was fixed. */
export function aboutUpload(
  { source, sent, options, found: { attempt } }: UploadTaskImpl,
  withName: boolean,
  handle: StoredUpload['handle'],
): About {
  const { size, type } = sent as Blob;
  const name = withName && isFile(source) ? source.name : undefined;
  return { target: targetOf(options), size, type, handle, name, attempt };
}

/** Whether the first stored part is that of the file. The core compares all of them. */
async function isSameFile(file: Blob, { parts, size }: StoredUpload, hash: Hash): Promise<boolean> {
  const { digests = [], partSize = 0 } = readParts(parts, size) ?? {};
  const at = digests.findIndex(Boolean);
  const expected = digests[at];
  if (!expected || file.size !== size) return false;
  // The core reports a file that cannot be read.
  const actual = await hash(file.slice(at * partSize, (at + 1) * partSize)).catch(() => '');
  return actual.startsWith(toHex(expected));
}

/** A method that only Chromium has, where the handles come from. */
interface WithPermission extends FileSystemFileHandle {
  requestPermission(options: { mode: 'read' }): Promise<PermissionState>;
}

async function fileOf({ handle }: StoredUpload): Promise<File | NotOpened> {
  if (!handle) return { code: 'file_required' };
  try {
    const state = await (handle as WithPermission).requestPermission({ mode: 'read' });
    return state === 'granted' ? await handle.getFile() : { code: 'permission_denied' };
  } catch (cause) {
    // Without a click, or if the file was moved or deleted.
    return { code: 'permission_denied', cause };
  }
}
