// The total progress of a queue. Each change of an upload adjusts the sums, so its cost does not depend on their number.

import type { TotalProgress } from '../api/types.js';
import { hasFailed } from '../upload/status.js';
import type { UploadTaskImpl } from '../upload/upload-task.js';

/** The progress of uploads without bytes (URLs) is counted in fractions of this, because integers add up exactly. */
const WHOLE = 1e6;

/**
 * Files, bytes, bytes sent, bytes done, progress in fractions of `WHOLE`, successes, failures, bytes that failures have not sent.
 */
type Sums = number[];

export class Totals {
  readonly #sums: Sums = [0, 0, 0, 0, 0, 0, 0, 0];
  readonly #counted = new Map<UploadTaskImpl, Sums>();

  get files(): number {
    return this.#sums[0] as number;
  }

  get bytes(): number {
    return this.#sums[1] as number;
  }

  /** Counts an upload with its current state. */
  count(task: UploadTaskImpl): void {
    const { status, progress } = task;
    const { fraction, sentBytes, totalBytes } = progress;
    const [done, evenly] = [Math.round(fraction * totalBytes), Math.round(fraction * WHOLE)];
    const failed = +hasFailed(status);
    const unsent = failed * (totalBytes - sentBytes);
    this.#replace(task, [1, totalBytes, sentBytes, done, evenly, +(status === 'succeeded'), failed, unsent]);
  }

  /** Stops counting an upload. */
  drop(task: UploadTaskImpl): void {
    this.#replace(task, []);
    this.#counted.delete(task);
  }

  /** The total progress. The rate is that of the `running` uploads. */
  progress(running: Iterable<UploadTaskImpl>): TotalProgress {
    const [files = 0, totalBytes = 0, sentBytes = 0, done = 0, evenly = 0, succeeded = 0, failed = 0, unsent = 0] =
      this.#sums;
    const fraction = totalBytes ? done / totalBytes : evenly / WHOLE / (files || 1);
    const total = { files, succeeded, failed, sentBytes, totalBytes };
    const progress = { ...total, fraction: files > 0 && succeeded === files ? 1 : Math.min(fraction, 1) };
    let bytesPerSecond = 0;
    for (const { progress } of running) bytesPerSecond += progress.bytesPerSecond ?? 0;
    if (!bytesPerSecond) return progress;
    return { ...progress, bytesPerSecond, secondsLeft: (totalBytes - sentBytes - unsent) / bytesPerSecond };
  }

  #replace(task: UploadTaskImpl, sums: Sums): void {
    const before = this.#counted.get(task) ?? [];
    // A loop: it runs for each of thousands of uploads that are cancelled at once.
    for (let at = 0; at < this.#sums.length; at += 1)
      this.#sums[at] = (this.#sums[at] as number) + (sums[at] ?? 0) - (before[at] ?? 0);
    this.#counted.set(task, sums);
  }
}
