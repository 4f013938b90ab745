// The element's state in a form: its assets and its validity.

import type { RemoteAsset } from '../api/types.js';
import type { Task, UploadState } from '../queue/upload-store.js';
import type { Uploader } from '../queue/uploader.js';
import type { ElementLabels } from './labels.js';
import { canRetry } from './status.js';

/** Updates the state with each event of the queue. The cost of an event does not depend on the number of uploads. */
export class FormState {
  readonly #uploader: Uploader;
  readonly #failed = new Set<Task>();
  /** The failed uploads for which a retry may help. */
  readonly #retryable = new Set<Task>();
  readonly #succeeded = new Set<Task>();

  /** `changed` is called after each event that may change the validity, with the change of the assets, if there is one. */
  constructor(uploader: Uploader, changed: (asset?: 'added' | 'removed') => void) {
    this.#uploader = uploader;
    uploader.on('file-added', () => changed());
    uploader.on('upload-event', (task, { type }) => {
      if (type !== 'status') return;
      this.#clearFailure(task);
      changed();
    });
    uploader.on('upload-error', (task, error) => {
      const { status, stage } = task;
      // An aborted upload is not a failure.
      if (status === 'failed') this.#failed.add(task);
      if (status === 'failed' && canRetry({ status, stage, error })) this.#retryable.add(task);
      changed();
    });
    uploader.on('upload-success', (task) => {
      this.#succeeded.add(task);
      changed('added');
    });
    uploader.on('file-removed', (task) => {
      this.#clearFailure(task);
      changed(this.#succeeded.delete(task) ? 'removed' : undefined);
    });
  }

  /** The number of failed uploads, without those that were aborted. */
  get failed(): number {
    return this.#failed.size;
  }

  /** The first reason why the form cannot be submitted. If there is none, the message is empty. */
  validity(isRequired: boolean, labels: ElementLabels): [flags: ValidityStateFlags, message: string] {
    const { files, succeeded, failed } = this.#uploader.progress;
    if (files > succeeded + failed) return [{ customError: true }, labels.stillUploading];
    if (this.#retryable.size > 0) return [{ customError: true }, labels.failures];
    if (this.#failed.size > 0) return [{ customError: true }, labels.unusable];
    if (isRequired && succeeded === 0) return [{ valueMissing: true }, labels.missing];
    return [{}, ''];
  }

  #clearFailure(task: Task): void {
    this.#failed.delete(task);
    this.#retryable.delete(task);
  }
}

/** The assets, in the order of the list. */
export function assetsOf(uploads: Iterable<UploadState>): RemoteAsset[] {
  return Array.from(uploads).flatMap(({ asset }) => asset ?? []);
}
