// Where each upload of a queue stands. An upload's own `status` decides, so the two cannot differ:
//
//   waiting ──► running ◄──► paused ──► resumed ──► running        any of them ──► over
//
// `over` has no place here. An upload that is paused before its turn stays in `waiting`, where it is passed over.

import type { UploadTaskImpl } from '../upload/upload-task.js';

export class Slots {
  /** Not begun, in the order in which they came. */
  readonly #waiting = new Set<UploadTaskImpl>();
  /** Have a slot. */
  readonly #running = new Set<UploadTaskImpl>();
  /** Begun, but paused: their slot is another's. */
  readonly #paused = new Set<UploadTaskImpl>();
  /** Begun, paused and resumed while no slot was free: they are next. */
  readonly #resumed = new Set<UploadTaskImpl>();
  readonly #all = [this.#waiting, this.#running, this.#paused, this.#resumed];

  get running(): ReadonlySet<UploadTaskImpl> {
    return this.#running;
  }

  /** How many uploads are not over. */
  get size(): number {
    return this.#all.reduce((sum, { size }) => sum + size, 0);
  }

  /** All that are not over, as they are now. */
  all(): UploadTaskImpl[] {
    return this.#all.flatMap((place) => [...place]);
  }

  /** Puts an upload where its status says; one that is there already keeps its turn. */
  put(task: UploadTaskImpl): void {
    const place = this.#placeOf(task);
    if (place?.has(task)) return;
    this.drop(task);
    place?.add(task);
  }

  drop(task: UploadTaskImpl): void {
    for (const place of this.#all) place.delete(task);
  }

  /** The upload that gets the next free slot. */
  next(canBegin: boolean): UploadTaskImpl | undefined {
    const [next] = this.#resumed;
    if (next || !canBegin) return next;
    for (const task of this.#waiting) if (task.status === 'queued') return task;
    return undefined;
  }

  #placeOf({ isOver, hasBegun, status }: UploadTaskImpl): Set<UploadTaskImpl> | undefined {
    if (isOver) return undefined;
    if (!hasBegun) return this.#waiting;
    return { uploading: this.#running, paused: this.#paused, queued: this.#resumed }[status as 'queued'];
  }
}
