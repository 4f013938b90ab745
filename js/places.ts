// Where each upload of a queue stands. An upload's own `status` decides, so the two cannot differ:
//
//   waiting ──► running ◄──► paused ──► resumed ──► running        any of them ──► over
//
// `over` has no place here. An upload that is paused before its turn stays in `waiting`, where it is passed over.

import type { Task } from './task.js';

export class Places {
  /** Not begun, in the order in which they came. */
  readonly #waiting = new Set<Task>();
  /** Have a slot. */
  readonly #running = new Set<Task>();
  /** Begun, but paused: their slot is another's. */
  readonly #paused = new Set<Task>();
  /** Begun, paused and resumed while no slot was free: they are next. */
  readonly #resumed = new Set<Task>();
  readonly #all = [this.#waiting, this.#running, this.#paused, this.#resumed];

  get running(): ReadonlySet<Task> {
    return this.#running;
  }

  /** How many uploads are not over. */
  get size(): number {
    return this.#all.reduce((sum, { size }) => sum + size, 0);
  }

  /** All that are not over, as they are now. */
  all(): Task[] {
    return this.#all.flatMap((place) => [...place]);
  }

  /** Puts an upload where its status says; one that is there already keeps its turn. */
  put(task: Task): void {
    const place = this.#placeOf(task);
    if (place?.has(task)) return;
    this.drop(task);
    place?.add(task);
  }

  drop(task: Task): void {
    for (const place of this.#all) place.delete(task);
  }

  /** The upload that gets the next free slot. */
  next(canBegin: boolean): Task | undefined {
    const [next] = this.#resumed;
    if (next || !canBegin) return next;
    for (const task of this.#waiting) if (task.status === 'queued') return task;
    return undefined;
  }

  #placeOf({ isOver, hasBegun, status }: Task): Set<Task> | undefined {
    if (isOver) return undefined;
    if (!hasBegun) return this.#waiting;
    return { uploading: this.#running, paused: this.#paused, queued: this.#resumed }[status as 'queued'];
  }
}
