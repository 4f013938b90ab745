// One upload in the list: what it is, how it is doing, and what can be done about it.

import type { Messages } from '../error.js';
import { explain } from '../index.js';
import { isOver } from '../status.js';
import type { Upload } from '../uploads.js';
import { make } from './make.js';
import { canRetry, reasonOf, statusOf } from './status.js';
import { thumbnail } from './thumbnail.js';
import type { Words } from './words.js';

/** Numbers that change faster than this cannot be read. */
const TEXT_MILLIS = 250;
const COUNTDOWN_MILLIS = 500;

/** What an item needs to know of the element around it. */
export interface Surroundings {
  words: () => Words;
  messages: () => Messages | undefined;
  isDisabled: () => boolean;
  remove: (upload: Upload) => void;
}

export class Item {
  readonly element: HTMLLIElement;
  #upload: Upload;
  #shown: Upload | undefined;
  readonly #around: Surroundings;
  readonly #name: string;
  readonly #thumbnail = make('span', { part: 'thumbnail', ariaHidden: 'true' });
  readonly #status = make('p', { part: 'status' });
  readonly #progress = make('progress', { part: 'progress', max: 1, value: 0 });
  readonly #notes = make('div', { part: 'notes' });
  readonly #pause = this.#button('pause', ({ task }) => (task.status === 'paused' ? task.resume() : task.pause()));
  readonly #cancel = this.#button('cancel', ({ task }) => task.abort());
  readonly #retry = this.#button('retry', ({ task }) => task.retry({ force: true }));
  readonly #remove = this.#button('remove', (upload) => this.#around.remove(upload));
  #saidAt = Number.NEGATIVE_INFINITY;
  #countdown: ReturnType<typeof setInterval> | undefined;

  constructor(upload: Upload, around: Surroundings) {
    this.#upload = upload;
    this.#around = around;
    const words = around.words();
    this.#name = upload.name || words.unnamed;
    this.#progress.ariaLabel = words.progress(this.#name);
    for (const [button, verb] of [
      [this.#cancel, words.cancel],
      [this.#retry, words.retry],
      [this.#remove, words.remove],
    ] as const)
      this.#label(button, verb);
    const name = make('p', { part: 'name', title: this.#name }, this.#name);
    const actions = make('div', { part: 'actions' }, this.#pause, this.#cancel, this.#retry, this.#remove);
    const text = make('div', { className: 'text' }, name, this.#status);
    const all = [this.#thumbnail, text, actions, this.#progress, this.#notes];
    this.element = make('li', { tabIndex: -1 }, ...all);
    this.show(upload);
  }

  /** Shows how the upload is now; whoever was on a button that is gone then is put on the item. */
  show(upload: Upload): void {
    const before = this.#shown;
    this.#upload = this.#shown = upload;
    const { status, media, progress, retry } = upload;
    const [isDisabled, words] = [this.#around.isDisabled(), this.#around.words()];
    const held = this.element.querySelector<HTMLElement>(':focus');
    const isNews = before?.status !== status || before.stage !== upload.stage || before.retry !== retry;

    this.element.setAttribute('part', `item ${status}`);
    this.#progress.value = progress.fraction;
    this.#progress.hidden = status !== 'uploading' && status !== 'paused';
    this.#label(this.#pause, status === 'paused' ? words.resume : words.pause);
    this.#pause.hidden = isDisabled || (status !== 'uploading' && status !== 'paused');
    this.#cancel.hidden = isDisabled || isOver(upload.status);
    this.#retry.hidden = isDisabled || !canRetry(upload);
    this.#remove.hidden = isDisabled || !isOver(upload.status);
    if (isNews || performance.now() - this.#saidAt >= TEXT_MILLIS) this.#say();
    this.#count(retry !== undefined);
    if (before?.advice !== upload.advice || before.error !== upload.error) this.#note(upload);
    if (media && media !== before?.media) this.#picture(upload);
    if (held?.hidden) this.element.focus({ preventScroll: true });
  }

  close(): void {
    this.#count(false);
    this.element.remove();
  }

  #say(): void {
    this.#saidAt = performance.now();
    this.#status.textContent = statusOf(this.#upload, this.#around.words(), this.#around.messages());
  }

  /** Counts the seconds to the next try. */
  #count(isWaiting: boolean): void {
    if (isWaiting) this.#countdown ??= setInterval(() => this.#say(), COUNTDOWN_MILLIS);
    else {
      clearInterval(this.#countdown);
      this.#countdown = undefined;
    }
  }

  #note({ status, advice, error }: Upload): void {
    const said = advice.map((one) => make('p', { part: 'advice' }, explain(one, this.#around.messages())));
    if (status === 'failed') said.push(make('p', { part: 'error' }, reasonOf(error)));
    this.#notes.replaceChildren(...said);
  }

  #picture({ source, media }: Upload): void {
    if (!media || !(source instanceof Blob)) return;
    this.#thumbnail.textContent = media.extension;
    thumbnail(source, media, () => this.element.isConnected).then((canvas) => {
      if (canvas) this.#thumbnail.replaceChildren(canvas);
    });
  }

  #button(name: string, act: (upload: Upload) => void): HTMLButtonElement {
    return make('button', { part: `button ${name}`, type: 'button', onclick: () => act(this.#upload) });
  }

  #label(button: HTMLButtonElement, verb: string): void {
    if (button.textContent === verb) return;
    button.textContent = verb;
    button.ariaLabel = this.#around.words().action(verb, this.#name);
  }
}
