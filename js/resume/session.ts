// One upload that can be continued after a reload: its lock, and its record in the database.

import { randomId } from '../runtime/random-id.js';
import type { Found } from '../upload/attempt.js';
import { isInParts } from '../upload/in-parts.js';
import { readParts, storedBytes } from './continuation.js';
import { remove, type StoredUpload, write } from './database.js';
import { lock, type Release } from './lock.js';

/** What does not change while an upload runs. */
export type About = Pick<StoredUpload, 'target' | 'size' | 'type' | 'name' | 'handle' | 'attempt'>;

/** What a record says of the parts. */
type PartsRecord = Pick<StoredUpload, 'parts' | 'storedBytes' | 'expiresAt'>;

export class Session {
  /** Where the stored upload continues, if there is one. */
  readonly found: Found | undefined;
  /** The latest state that is not stored yet. */
  #next: string | undefined;
  /** The last write. It follows the ones before it. */
  #writing: Promise<void> = Promise.resolve();
  #isOver = false;
  /** The latest state with a stored part. Further requests follow when all parts are stored. */
  #parts: PartsRecord | undefined;

  private constructor(
    readonly id: string,
    stored: StoredUpload | undefined,
    readonly unlock: Release,
  ) {
    this.found = stored;
    this.#parts = stored;
  }

  /** Begins to record an upload, or continues `stored`. Returns `undefined` if another tab does. */
  static async open(stored?: StoredUpload): Promise<Session | undefined> {
    const id = stored?.id ?? randomId();
    const unlock = await lock(id);
    return unlock && new Session(id, stored, unlock);
  }

  /**
   * Stores the state of the core. A state that comes while another is written replaces the ones before it, but the parts of those
   * are kept.
   */
  save(continuation: string, about: About): Promise<void> {
    const parts = readParts(continuation, about.size);
    if (parts) {
      const { expiresAt } = parts;
      this.#parts = { parts: continuation, storedBytes: storedBytes(parts, about.size), expiresAt };
    }
    // Nothing is stored of a multipart upload that has just begun.
    if (parts || !isInParts(continuation)) this.#next = continuation;
    this.#writing = this.#writing.catch(() => {}).then(() => this.#write(about));
    return this.#writing;
  }

  /** Ends the session. The stored upload remains. */
  async release(): Promise<void> {
    this.#isOver = true;
    await this.#writing.catch(() => {});
    this.unlock();
  }

  /** Ends the session, and removes the stored upload. */
  async drop(): Promise<void> {
    this.#isOver = true;
    try {
      await this.#writing.catch(() => {});
      await remove(this.id);
    } finally {
      this.unlock();
    }
  }

  async #write(about: About): Promise<void> {
    const continuation = this.#next;
    this.#next = undefined;
    if (!continuation || this.#isOver) return;
    const { id } = this;
    if (this.#parts) await write({ ...this.#parts, id, ...about, continuation, updatedAt: Date.now() });
  }
}
