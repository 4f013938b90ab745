// One upload in the list: its name, thumbnail, status, progress, notes and buttons.

import type { Messages } from '../api/message-types.js';
import { isBlob } from '../api/realm.js';
import type { Media } from '../api/types.js';
import { explain } from '../index.js';
import type { UploadState } from '../queue/upload-store.js';
import { isOver } from '../upload/status.js';
import { assignChanged, createElement } from './create-element.js';
import type { Labels } from './labels.js';
import { canRetry, reasonFor, statusOf } from './status.js';
import { thumbnail } from './thumbnail.js';

/** The minimum time between two updates of the status text, so that its numbers can be read. */
const TEXT_MILLIS = 250;
const COUNTDOWN_MILLIS = 500;

/** The parts of the element that an item needs. */
export interface ItemContext {
  labels: () => Labels;
  messages: () => Messages | undefined;
  isDisabled: () => boolean;
  remove: (upload: UploadState) => void;
}

export class Item {
  readonly element: HTMLLIElement;
  #upload: UploadState;
  #last: UploadState | undefined;
  #labels: Labels | undefined;
  #thumbnailOf: Media | undefined;
  readonly #context: ItemContext;
  readonly #thumbnail = createElement('span', { part: 'thumbnail', ariaHidden: 'true' });
  readonly #name = createElement('p', { part: 'name', dir: 'auto' });
  readonly #status = createElement('p', { part: 'status', dir: 'auto' });
  readonly #progress = createElement('progress', { part: 'progress', max: 1, value: 0 });
  readonly #notes = createElement('div', { part: 'notes' });
  readonly #pause = this.#button('pause', ({ task }) => (task.status === 'paused' ? task.resume() : task.pause()));
  readonly #cancel = this.#button('cancel', ({ task }) => task.abort());
  readonly #retry = this.#button('retry', ({ task }) => task.retry({ force: true }));
  readonly #remove = this.#button('remove', (upload) => this.#context.remove(upload));
  #statusShownAt = Number.NEGATIVE_INFINITY;
  #countdown: ReturnType<typeof setInterval> | undefined;

  constructor(upload: UploadState, context: ItemContext) {
    this.#upload = upload;
    this.#context = context;
    const actions = createElement('div', { part: 'actions' }, this.#pause, this.#cancel, this.#retry, this.#remove);
    const text = createElement('div', { className: 'text' }, this.#name, this.#status);
    const all = [this.#thumbnail, text, actions, this.#progress, this.#notes];
    this.element = createElement('li', { tabIndex: -1 }, ...all);
  }

  /** Shows the upload's current state. If a focused button is hidden, the focus moves to the item. */
  show(upload: UploadState): void {
    const labels = this.#context.labels();
    const before = this.#labels === labels ? this.#last : undefined;
    this.#upload = this.#last = upload;
    this.#labels = labels;
    const { status, media, progress, retry } = upload;
    const isDisabled = this.#context.isDisabled();
    const focused = this.element.querySelector<HTMLElement>(':focus');
    const isNew = before?.status !== status || before.stage !== upload.stage || before.retry !== retry;

    const verb = status === 'paused' ? labels.resume : labels.pause;
    if (!before) this.#showLabels(labels);
    if (!before || this.#pause.textContent !== verb) this.#label(this.#pause, verb);
    if (before?.status !== status) this.element.setAttribute('part', `item ${status}`);
    const isActive = status === 'uploading' || status === 'paused';
    assignChanged(this.#progress, { value: progress.fraction, hidden: !isActive });
    this.#pause.hidden = isDisabled || !isActive;
    this.#cancel.hidden = isDisabled || isOver(status);
    this.#retry.hidden = isDisabled || !canRetry(upload);
    this.#remove.hidden = isDisabled || !isOver(status);
    if (isNew || performance.now() - this.#statusShownAt >= TEXT_MILLIS) this.#showStatus();
    this.#setCountdown(retry !== undefined);
    if (before?.warnings !== upload.warnings || before.error !== upload.error) this.#showNotes(upload);
    if (media && media !== this.#thumbnailOf) this.#showThumbnail(media, upload);
    if (focused?.hidden) this.element.focus({ preventScroll: true });
  }

  close(): void {
    this.#setCountdown(false);
    this.element.remove();
  }

  get #title(): string {
    return this.#upload.name || this.#context.labels().unnamed;
  }

  /** Shows the texts that depend on the labels only. */
  #showLabels(labels: Labels): void {
    const title = this.#title;
    this.#name.textContent = this.#name.title = title;
    this.#progress.ariaLabel = labels.progress(title);
    this.#label(this.#cancel, labels.cancel);
    this.#label(this.#retry, labels.retry);
    this.#label(this.#remove, labels.remove);
  }

  #showStatus(): void {
    this.#statusShownAt = performance.now();
    const { labels, messages } = this.#context;
    assignChanged(this.#status, { textContent: statusOf(this.#upload, labels(), messages()) });
  }

  /** Updates the status text while it counts down to the next retry. */
  #setCountdown(isWaiting: boolean): void {
    if (isWaiting) this.#countdown ??= setInterval(() => this.#showStatus(), COUNTDOWN_MILLIS);
    else {
      clearInterval(this.#countdown);
      this.#countdown = undefined;
    }
  }

  #showNotes({ status, warnings, error }: UploadState): void {
    const note = (part: string, text: string) => createElement('p', { part, dir: 'auto' }, text);
    const notes = warnings.map((warning) => note('warning', explain(warning, this.#context.messages())));
    if (status === 'failed') notes.push(note('error', reasonFor(error, this.#context.labels())));
    this.#notes.replaceChildren(...notes);
  }

  #showThumbnail(media: Media, { source }: UploadState): void {
    this.#thumbnailOf = media;
    if (!isBlob(source)) return;
    this.#thumbnail.textContent = media.extension;
    thumbnail(source, media, () => this.element.isConnected).then((canvas) => {
      if (canvas) this.#thumbnail.replaceChildren(canvas);
    });
  }

  #button(name: string, act: (upload: UploadState) => void): HTMLButtonElement {
    return createElement('button', { part: `button ${name}`, type: 'button', onclick: () => act(this.#upload) });
  }

  #label(button: HTMLButtonElement, verb: string): void {
    button.textContent = verb;
    button.ariaLabel = this.#context.labels().action(verb, this.#title);
  }
}
