// One upload in the list: what it is, how it is doing, and what can be done about it.

import type { Messages } from '../error.js';
import { explain } from '../index.js';
import { isBlob } from '../realm.js';
import { isOver } from '../status.js';
import type { Media } from '../types.js';
import type { Upload } from '../uploads.js';
import { change, make } from './make.js';
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
  #words: Words | undefined;
  #pictured: Media | undefined;
  readonly #around: Surroundings;
  readonly #thumbnail = make('span', { part: 'thumbnail', ariaHidden: 'true' });
  readonly #name = make('p', { part: 'name', dir: 'auto' });
  readonly #status = make('p', { part: 'status', dir: 'auto' });
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
    const actions = make('div', { part: 'actions' }, this.#pause, this.#cancel, this.#retry, this.#remove);
    const text = make('div', { className: 'text' }, this.#name, this.#status);
    const all = [this.#thumbnail, text, actions, this.#progress, this.#notes];
    this.element = make('li', { tabIndex: -1 }, ...all);
  }

  /** Shows how the upload is now; if the focus was on a button that is gone then, it moves to the item. */
  show(upload: Upload): void {
    const words = this.#around.words();
    const before = this.#words === words ? this.#shown : undefined;
    this.#upload = this.#shown = upload;
    this.#words = words;
    const { status, media, progress, retry } = upload;
    const isDisabled = this.#around.isDisabled();
    const held = this.element.querySelector<HTMLElement>(':focus');
    const isNews = before?.status !== status || before.stage !== upload.stage || before.retry !== retry;

    const verb = status === 'paused' ? words.resume : words.pause;
    if (!before) this.#dress(words);
    if (!before || this.#pause.textContent !== verb) this.#label(this.#pause, verb);
    if (before?.status !== status) this.element.setAttribute('part', `item ${status}`);
    const isOn = status === 'uploading' || status === 'paused';
    change(this.#progress, { value: progress.fraction, hidden: !isOn });
    this.#pause.hidden = isDisabled || !isOn;
    this.#cancel.hidden = isDisabled || isOver(status);
    this.#retry.hidden = isDisabled || !canRetry(upload);
    this.#remove.hidden = isDisabled || !isOver(status);
    if (isNews || performance.now() - this.#saidAt >= TEXT_MILLIS) this.#say();
    this.#count(retry !== undefined);
    if (before?.advice !== upload.advice || before.error !== upload.error) this.#note(upload);
    if (media && media !== this.#pictured) this.#picture(media, upload);
    if (held?.hidden) this.element.focus({ preventScroll: true });
  }

  close(): void {
    this.#count(false);
    this.element.remove();
  }

  get #title(): string {
    return this.#upload.name || this.#around.words().unnamed;
  }

  /** Says what stays the same as long as the words do. */
  #dress(words: Words): void {
    const title = this.#title;
    this.#name.textContent = this.#name.title = title;
    this.#progress.ariaLabel = words.progress(title);
    this.#label(this.#cancel, words.cancel);
    this.#label(this.#retry, words.retry);
    this.#label(this.#remove, words.remove);
  }

  #say(): void {
    this.#saidAt = performance.now();
    const { words, messages } = this.#around;
    change(this.#status, { textContent: statusOf(this.#upload, words(), messages()) });
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
    const note = (part: string, text: string) => make('p', { part, dir: 'auto' }, text);
    const said = advice.map((one) => note('advice', explain(one, this.#around.messages())));
    if (status === 'failed') said.push(note('error', reasonOf(error, this.#around.words())));
    this.#notes.replaceChildren(...said);
  }

  #picture(media: Media, { source }: Upload): void {
    this.#pictured = media;
    if (!isBlob(source)) return;
    this.#thumbnail.textContent = media.extension;
    thumbnail(source, media, () => this.element.isConnected).then((canvas) => {
      if (canvas) this.#thumbnail.replaceChildren(canvas);
    });
  }

  #button(name: string, act: (upload: Upload) => void): HTMLButtonElement {
    return make('button', { part: `button ${name}`, type: 'button', onclick: () => act(this.#upload) });
  }

  #label(button: HTMLButtonElement, verb: string): void {
    button.textContent = verb;
    button.ariaLabel = this.#around.words().action(verb, this.#title);
  }
}
