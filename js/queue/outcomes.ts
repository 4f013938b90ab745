// The asset or the error of each upload of a queue that is over.

import type { QueueResult } from '../api/types.js';
import type { UploadTaskImpl } from '../upload/upload-task.js';

export class Outcomes {
  readonly #all = new Map<UploadTaskImpl, unknown>();
  /** The uploads that ended since the last `complete`. */
  readonly #ended = new Set<UploadTaskImpl>();

  set(task: UploadTaskImpl, outcome: unknown): void {
    this.#all.set(task, outcome);
  }

  /** Counts an upload for the next `complete`. */
  end(task: UploadTaskImpl): void {
    this.#ended.add(task);
  }

  drop(task: UploadTaskImpl): void {
    this.#all.delete(task);
    this.#ended.delete(task);
  }

  /** Whether the provider may have created an asset for an upload that failed. */
  isUnknown(task: UploadTaskImpl): boolean {
    return (Object(this.#all.get(task)) as { outcomeUnknown?: boolean }).outcomeUnknown ?? false;
  }

  /** The result of the uploads that ended since the last call. */
  takeEnded(): QueueResult {
    const result: QueueResult = { successful: [], failed: [] };
    for (const task of this.#ended) {
      const list: unknown[] = task.status === 'succeeded' ? result.successful : result.failed;
      list.push(this.#all.get(task));
    }
    this.#ended.clear();
    return result;
  }
}
