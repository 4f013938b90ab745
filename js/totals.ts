// How far all uploads of a queue are together: sums that each change of one upload adjusts, however many there are.

import { hasFailed } from './status.js';
import type { Task } from './task.js';
import type { TotalProgress } from './types.js';

/** An upload without bytes, as that of a URL, counts in parts of this; whole numbers add up without a remainder. */
const WHOLE = 1e6;

type Sums = [
  files: number,
  bytes: number,
  sent: number,
  done: number,
  evenly: number,
  succeeded: number,
  failed: number,
];

export class Totals {
  readonly #sums: Sums = [0, 0, 0, 0, 0, 0, 0];
  readonly #counted = new Map<Task, Sums>();

  get files(): number {
    return this.#sums[0];
  }

  get bytes(): number {
    return this.#sums[1];
  }

  /** Counts an upload as it is now. */
  count(task: Task): void {
    const { status, progress } = task;
    const { fraction, sentBytes, totalBytes } = progress;
    const [done, evenly] = [Math.round(fraction * totalBytes), Math.round(fraction * WHOLE)];
    this.#replace(task, [1, totalBytes, sentBytes, done, evenly, +(status === 'succeeded'), +hasFailed(status)]);
  }

  /** Counts it no more. */
  drop(task: Task): void {
    this.#replace(task, [0, 0, 0, 0, 0, 0, 0]);
    this.#counted.delete(task);
  }

  /** `running` are those whose rates count. */
  progress(running: Iterable<Task>): TotalProgress {
    const [files, totalBytes, sentBytes, done, evenly, succeeded, failed] = this.#sums;
    const fraction = totalBytes ? done / totalBytes : evenly / WHOLE / (files || 1);
    const total = { fraction: files > 0 && succeeded === files ? 1 : Math.min(fraction, 1), sentBytes, totalBytes };
    let bytesPerSecond = 0;
    for (const { progress } of running) bytesPerSecond += progress.bytesPerSecond ?? 0;
    const rate = bytesPerSecond ? { bytesPerSecond, secondsLeft: (totalBytes - sentBytes) / bytesPerSecond } : {};
    return { ...total, files, succeeded, failed, ...rate };
  }

  #replace(task: Task, sums: Sums): void {
    const before = this.#counted.get(task);
    for (const at of sums.keys()) this.#sums[at as 0] += (sums[at] ?? 0) - (before?.[at] ?? 0);
    this.#counted.set(task, sums);
  }
}
