// The uploads of a queue by their state. It is derived from an upload's own `status`, so the two cannot differ:
//
//   waiting ──► running ◄──► paused ──► resumed ──► running        any of them ──► over
//
// Uploads that are over are not kept here. An upload that is paused before its turn stays in `waiting` and is skipped.

import { isBlob } from '../api/realm.js';
import type { UploadTaskImpl } from '../upload/upload-task.js';

/** Uploads of files below this size wait for responses most of the time, so more of them run at once. */
const SMALL_BYTES = 1 << 20;
/** The number of slots by default: a small file occupies one, everything else two. */
const DEFAULT_SLOTS = 8;

export class Slots {
  /** Not started yet, in the order in which they were added. */
  readonly #waiting = new Set<UploadTaskImpl>();
  /** Occupy a slot. */
  readonly #running = new Set<UploadTaskImpl>();
  /** Started, then paused. They occupy no slot. */
  readonly #paused = new Set<UploadTaskImpl>();
  /** Started, paused, then resumed while no slot was free. They are next. */
  readonly #resumed = new Set<UploadTaskImpl>();
  readonly #all = [this.#waiting, this.#running, this.#paused, this.#resumed];

  get running(): ReadonlySet<UploadTaskImpl> {
    return this.#running;
  }

  /** Whether another upload may run. `limit` is how many may, if the page has set it. */
  hasRoom(limit: number | undefined): boolean {
    const running = [...this.#running].filter(({ isAsking }) => !isAsking);
    if (limit !== undefined) return running.length < limit;
    let occupied = 0;
    for (const { source } of running) occupied += isBlob(source) && source.size < SMALL_BYTES ? 1 : 2;
    return occupied < DEFAULT_SLOTS;
  }

  /** The number of uploads that are not over. */
  get size(): number {
    return this.#all.reduce((sum, { size }) => sum + size, 0);
  }

  /** A copy of all uploads that are not over. */
  all(): UploadTaskImpl[] {
    return this.#all.flatMap((tasks) => [...tasks]);
  }

  /** Moves an upload to the set for its status. If it is there already, it keeps its turn. */
  put(task: UploadTaskImpl): void {
    const tasks = this.#setFor(task);
    if (tasks?.has(task)) return;
    this.drop(task);
    tasks?.add(task);
  }

  /** Removes an upload. */
  drop(task: UploadTaskImpl): void {
    this.#all.some((tasks) => tasks.delete(task));
  }

  /** The upload for the next free slot. */
  next(canBegin: boolean): UploadTaskImpl | undefined {
    const [next] = this.#resumed;
    if (next || !canBegin) return next;
    for (const task of this.#waiting) if (task.status === 'queued') return task;
    return undefined;
  }

  #setFor({ isOver, hasBegun, status }: UploadTaskImpl): Set<UploadTaskImpl> | undefined {
    if (isOver) return undefined;
    if (!hasBegun) return this.#waiting;
    return { uploading: this.#running, paused: this.#paused, queued: this.#resumed }[status as 'queued'];
  }
}
