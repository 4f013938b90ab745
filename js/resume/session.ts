// One upload that can be continued after a reload: its lock, and its record in the database.

import { readParts, storedBytes } from './continuation.js';
import { remove, type StoredUpload, write } from './database.js';
import { lock, type Release } from './lock.js';

/** What does not change while an upload runs. */
export type About = Pick<StoredUpload, 'target' | 'size' | 'type' | 'name' | 'handle'>;

export class Session {
  /** The latest state that is not stored yet. */
  #next: string | undefined;
  /** The write that is running. */
  #writing: Promise<void> | undefined;
  #isOver = false;

  private constructor(
    readonly id: string,
    readonly continuation: string | undefined,
    readonly release: Release,
  ) {}

  /** Begins to record an upload, or continues `stored`. Returns `undefined` if another tab does. */
  static async open(stored?: StoredUpload): Promise<Session | undefined> {
    const id = stored?.id ?? crypto.randomUUID();
    const release = await lock(id);
    return release && new Session(id, stored?.continuation, release);
  }

  /** Stores the state of the core. A state that comes while another is written replaces the ones before it. */
  save(continuation: string, about: About): Promise<void> {
    this.#next = continuation;
    this.#writing ??= this.#write(about).finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  /** Ends the session. A finished upload is removed, an interrupted one stays. */
  async close(isFinished: boolean): Promise<void> {
    this.#isOver = true;
    try {
      await this.#writing?.catch(() => {});
      if (isFinished) await remove(this.id);
    } finally {
      this.release();
    }
  }

  async #write(about: About): Promise<void> {
    while (this.#next && !this.#isOver) {
      const continuation = this.#next;
      this.#next = undefined;
      const parts = readParts(continuation, about.size);
      if (!parts) continue;
      await write({
        id: this.id,
        ...about,
        continuation,
        storedBytes: storedBytes(parts, about.size),
        updatedAt: Date.now(),
        expiresAt: parts.expiresAt,
      });
    }
  }
}
