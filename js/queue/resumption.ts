// Resuming of interrupted uploads in a queue: connects its uploads with what is stored. Its store is loaded on demand.

import type { UploadError } from '../api/errors.js';
import { importOrThrow } from '../api/errors.js';
import { isBlob } from '../api/realm.js';
import { ResumeError } from '../api/resume-error.js';
import type { ResumableUpload, ResumeOptions } from '../api/resume-types.js';
import type { Forgotten, Session } from '../resume/resume-store.js';
import { loadClient } from '../runtime/load-client.js';
import type { Found, RunResumption } from '../upload/attempt.js';
import { mayBeInParts } from '../upload/in-parts.js';
import type { TaskOptions } from '../upload/serialize-upload.js';
import type { UploadTaskImpl } from '../upload/upload-task.js';
import { handleOf } from './file-handles.js';

const store = () => importOrThrow(import('../resume/resume-store.js'));

/** Hashes a part in the core: WebCrypto is missing on insecure pages, and cannot hash the largest parts. */
const sha256 = async (part: Blob) => await (await loadClient()).callLocal<string>('sha256', part);

/** The provider of the queue: a custom one has functions, which cannot be stored. */
type Provider = TaskOptions['provider'] | undefined;

export class Resumption {
  readonly #sessions = new WeakMap<UploadTaskImpl, Promise<Session | undefined>>();
  readonly #options: () => ResumeOptions | boolean | undefined;
  readonly #onUnavailable: (error: unknown) => void;

  /** `options` are the queue's. `onUnavailable` is called when nothing can be stored; uploads go on. */
  constructor(options: () => ResumeOptions | boolean | undefined, onUnavailable: (error: unknown) => void) {
    this.#options = options;
    this.#onUnavailable = onUnavailable;
  }

  /** What finds and stores where one upload continues. */
  of(task: UploadTaskImpl): RunResumption {
    return {
      find: () => this.#find(task),
      startAnew: () => this.#startAnew(task),
      save: (continuation) => this.#save(task, continuation),
    };
  }

  async #find(task: UploadTaskImpl): Promise<Found | undefined> {
    if (this.#isOff(task)) return undefined;
    return (await this.#sessionOf(task))?.found;
  }

  async #startAnew(task: UploadTaskImpl): Promise<void> {
    this.release(task);
    this.#sessions.set(
      task,
      this.#guard(async () => await (await store()).Session.open()),
    );
  }

  #save(task: UploadTaskImpl, continuation: string | undefined): void {
    if (!continuation || this.#isOff(task)) return;
    const { names = false } = Object(this.#options()) as ResumeOptions;
    void this.#guard(async () => {
      const [session, { aboutUpload }] = await Promise.all([this.#sessionOf(task), store()]);
      await session?.save(continuation, aboutUpload(task, names, await handleOf(task.source as Blob)));
    });
  }

  /** Ends the recording of an upload that is over. One that has failed can be retried, so it is kept. */
  end(task: UploadTaskImpl, error: unknown): void {
    const { code, stage } = Object(error) as Partial<UploadError>;
    // It is another file, or none: the stored parts can still be continued with theirs.
    if (code === 'different_file' || stage === 'inspect') this.release(task);
    else if (task.status !== 'failed' || !task.found.continuation) this.drop(task);
  }

  /** Ends the recording of an upload that cannot be resumed. */
  drop(task: UploadTaskImpl): void {
    this.#close(task, (session) => session.drop());
  }

  /** Ends the recording of an upload. What is stored remains. */
  release(task: UploadTaskImpl): void {
    this.#close(task, (session) => session.release());
  }

  #close(task: UploadTaskImpl, close: (session: Session) => Promise<void>): void {
    const opened = this.#sessions.get(task);
    this.#sessions.delete(task);
    if (!opened) return;
    void this.#guard(async () => {
      const session = await opened;
      if (session) await close(session);
    });
  }

  /** Lists the interrupted uploads. */
  async list(): Promise<ResumableUpload[]> {
    // Outside browsers nothing is stored.
    return globalThis.indexedDB ? await (await store()).listResumable() : [];
  }

  /**
   * Opens an interrupted upload, and adds it with `add`.
   * @throws {ResumeError}
   */
  async resume(
    id: string,
    file: Blob | undefined,
    provider: Provider,
    add: (source: Blob, options: Partial<TaskOptions>) => UploadTaskImpl,
  ): Promise<void> {
    const { openStored } = await store();
    const opened = await openStored(id, file, provider, sha256);
    if ('code' in opened) throw new ResumeError(opened.code, opened.cause);
    const { session, source, options } = opened;
    try {
      const task = add(source, options);
      // A signal or a listener may have ended it already.
      if (task.isOver || task.isClosed) return await session.release();
      this.#sessions.set(task, Promise.resolve(session));
      if (session.found) task.continueFrom(session.found);
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /** Forgets interrupted uploads. Returns what is needed to delete their parts. */
  async forget(id: string | undefined, provider: Provider): Promise<Forgotten[]> {
    return await (await store()).forgetStored(id, provider);
  }

  #isOff(task: UploadTaskImpl): boolean {
    const { sent, options } = task;
    const isOn = this.#options() && isBlob(sent) && mayBeInParts(sent, options);
    return !isOn && !this.#sessions.has(task);
  }

  #sessionOf(task: UploadTaskImpl): Promise<Session | undefined> {
    const known = this.#sessions.get(task);
    if (known) return known;
    const opening = this.#guard(async () => await (await store()).openFor(task, sha256));
    this.#sessions.set(task, opening);
    return opening;
  }

  /** An upload never fails because nothing can be stored. */
  async #guard<T>(run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await run();
    } catch (error) {
      this.#onUnavailable(error);
      return undefined;
    }
  }
}
