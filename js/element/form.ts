// The element in a form: what is submitted, and what keeps the form from it.

import type { RemoteAsset } from '../types.js';
import type { Uploader } from '../uploader.js';
import type { Task, Upload } from '../uploads.js';
import { canRetry } from './status.js';
import type { Words } from './words.js';

/** Follows the queue event by event; what one costs does not depend on how many uploads there are. */
export class FormState {
  readonly #uploader: Uploader;
  readonly #failed = new Set<Task>();
  /** Those of them that may be tried again. */
  readonly #retryable = new Set<Task>();
  readonly #succeeded = new Set<Task>();

  /** `changed` is called after each event that can matter to the form, and told if an asset came or went. */
  constructor(uploader: Uploader, changed: (asset?: 'came' | 'went') => void) {
    this.#uploader = uploader;
    uploader.on('file-added', () => changed());
    uploader.on('upload-event', (task, { type }) => {
      if (type !== 'status') return;
      this.#forgive(task);
      changed();
    });
    uploader.on('upload-error', (task, error) => {
      const { status } = task;
      // An abort is no failure.
      if (status === 'failed') this.#failed.add(task);
      if (status === 'failed' && canRetry({ status, error })) this.#retryable.add(task);
      changed();
    });
    uploader.on('upload-success', (task) => {
      this.#succeeded.add(task);
      changed('came');
    });
    uploader.on('file-removed', (task) => {
      this.#forgive(task);
      changed(this.#succeeded.delete(task) ? 'went' : undefined);
    });
  }

  /** The first reason for which the form cannot be submitted; the message is empty if there is none. */
  validity(isRequired: boolean, words: Words): [flags: ValidityStateFlags, message: string] {
    const { files, succeeded, failed } = this.#uploader.progress;
    if (files > succeeded + failed) return [{ customError: true }, words.stillUploading];
    if (this.#retryable.size > 0) return [{ customError: true }, words.failures];
    if (this.#failed.size > 0) return [{ customError: true }, words.unusable];
    if (isRequired && succeeded === 0) return [{ valueMissing: true }, words.missing];
    return [{}, ''];
  }

  #forgive(task: Task): void {
    this.#failed.delete(task);
    this.#retryable.delete(task);
  }
}

/** The assets, in the order of the list. */
export function assetsOf(uploads: Iterable<Upload>): RemoteAsset[] {
  return Array.from(uploads).flatMap(({ asset }) => asset ?? []);
}
