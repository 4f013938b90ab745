// How far all uploads of a queue are together: sums that each change of one upload adjusts, however many there are.

import { hasFailed } from './status.js';
import type { Task } from './task.js';
import type { TotalProgress } from './types.js';

/** An upload without bytes, as that of a URL, counts in parts of this; whole numbers add up without a remainder. */
const WHOLE = 1e6;

/** Files, bytes, bytes sent, bytes done, done in parts of `WHOLE`, successes, failures. */
type Sums = number[];

export class Totals {
  readonly #sums: Sums = [0, 0, 0, 0, 0, 0, 0];
  readonly #counted = new Map<Task, Sums>();

  get files(): number {
    return this.#sums[0] as number;
  }

  get bytes(): number {
    return this.#sums[1] as number;
  }

  /** Counts an upload as it is now. */
  count(task: Task): void {
    const { status, progress } = task;
    const { fraction, sentBytes, totalBytes } = progress;
    const done = [totalBytes, WHOLE].map((whole) => Math.round(fraction * whole));
    this.#replace(task, [1, totalBytes, sentBytes, ...done, +(status === 'succeeded'), +hasFailed(status)]);
  }

  /** Counts it no more. */
  drop(task: Task): void {
    this.#replace(task, []);
    this.#counted.delete(task);
  }

  /** `running` are those whose rates count. */
  progress(running: Iterable<Task>): TotalProgress {
    const [files = 0, totalBytes = 0, sentBytes = 0, done = 0, evenly = 0, succeeded = 0, failed = 0] = this.#sums;
    const fraction = totalBytes ? done / totalBytes : evenly / WHOLE / (files || 1);
    const total = { files, succeeded, failed, sentBytes, totalBytes };
    const progress = { ...total, fraction: files > 0 && succeeded === files ? 1 : Math.min(fraction, 1) };
    let bytesPerSecond = 0;
    for (const { progress } of running) bytesPerSecond += progress.bytesPerSecond ?? 0;
    if (!bytesPerSecond) return progress;
    return { ...progress, bytesPerSecond, secondsLeft: (totalBytes - sentBytes) / bytesPerSecond };
  }

  #replace(task: Task, sums: Sums): void {
    const before = this.#counted.get(task) ?? [];
    this.#sums.forEach((sum, at) => {
      this.#sums[at] = sum + (sums[at] ?? 0) - (before[at] ?? 0);
    });
    this.#counted.set(task, sums);
  }
}
