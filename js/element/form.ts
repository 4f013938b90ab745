// The element in a form: what is submitted, and what keeps the form from it.

import type { RemoteAsset } from '../types.js';
import type { Uploader } from '../uploader.js';
import type { Task, Upload } from '../uploads.js';
import { canRetry } from './status.js';
import type { Words } from './words.js';

/** Follows the queue event by event; what one costs does not depend on how many uploads there are. */
export class FormState {
  readonly #uploader: Uploader;
  /** The uploads that failed, and whether a retry may help. */
  readonly #failed = new Map<Task, boolean>();
  readonly #succeeded = new Set<Task>();
  #retryable = 0;

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
      // An abort is no failure.
      if (task.status === 'failed') this.#fail(task, canRetry({ status: 'failed', error }));
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
    if (this.#retryable > 0) return [{ customError: true }, words.failures];
    if (this.#failed.size > 0) return [{ customError: true }, words.unusable];
    if (isRequired && succeeded === 0) return [{ valueMissing: true }, words.missing];
    return [{}, ''];
  }

  #fail(task: Task, isRetryable: boolean): void {
    this.#forgive(task);
    this.#failed.set(task, isRetryable);
    this.#retryable += Number(isRetryable);
  }

  #forgive(task: Task): void {
    this.#retryable -= Number(this.#failed.get(task) ?? false);
    this.#failed.delete(task);
  }
}

/** The assets, in the order of the list. */
export function assetsOf(uploads: Iterable<Upload>): RemoteAsset[] {
  return Array.from(uploads).flatMap(({ asset }) => asset ?? []);
}
