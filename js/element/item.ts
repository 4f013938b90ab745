// One upload in the list: its name, thumbnail, status, progress, notes and buttons, and optional parts.

import { isBlob } from '../api/realm.js';
import type { Media, Source } from '../api/types.js';
import { explain } from '../index.js';
import { Throttle } from '../queue/throttle.js';
import type { UploadState } from '../queue/upload-store.js';
import { isOver } from '../upload/status.js';
import { assignChanged, createElement } from './create-element.js';
import type { DetailsContext } from './details-context.js';
import { fileName } from './file-name.js';
import type { Question } from './fix-questions.js';
import { ALERT, CHECK, CLOSE, FILE, icon, PAUSE, RESUME, setIcon } from './icons.js';
import type { ElementLabels } from './labels.js';
import type { OptionalParts } from './optional-parts.js';
import { canRetry, reasonsFor, statusOf } from './status.js';
import { thumbnail } from './thumbnail.js';
import type { UploadDetails } from './upload-details.js';

/** The minimum time between two updates of the status text, so that its numbers can be read. */
const TEXT_MILLIS = 250;
const COUNTDOWN_MILLIS = 500;

/** The parts of the element that an item needs. */
export interface ItemContext extends DetailsContext {
  isDisabled: () => boolean;
  /** Whether the rate and the time left are shown for all uploads together. */
  isRateShared: () => boolean;
  /** The side of a thumbnail in device pixels. */
  thumbnailSide: () => number;
  parts: OptionalParts;
  /** The question whether to fix a source. */
  questionAbout: (source: Source) => Question | undefined;
  remove: (upload: UploadState) => void;
}

export class Item {
  readonly element: HTMLLIElement;
  #upload: UploadState;
  #last: UploadState | undefined;
  #labels: ElementLabels | undefined;
  #thumbnailOf: Media | undefined;
  #thumbnailSide = 0;
  #details: UploadDetails | undefined;
  readonly #context: ItemContext;
  readonly #thumbnail = createElement('span', { part: 'thumbnail', ariaHidden: 'true' }, icon(FILE));
  readonly #name = createElement('p', { part: 'name' });
  readonly #icon = icon(CHECK);
  readonly #status = createElement('p', { part: 'status', dir: 'auto' });
  readonly #text = createElement('div', { className: 'text' }, this.#name);
  readonly #progress = createElement('progress', { part: 'progress', max: 1, value: 0 });
  readonly #notes = createElement('div', { part: 'notes' });
  #asked: Question | undefined;
  readonly #question = createElement('div', { className: 'question' });
  readonly #pauseIcon = icon(PAUSE);
  readonly #pause = this.#button('pause', this.#pauseIcon, ({ task }) =>
    task.status === 'paused' ? task.resume() : task.pause(),
  );
  readonly #cancel = this.#button('cancel', icon(CLOSE), ({ task }) => task.abort());
  readonly #retry = this.#button('retry', '', ({ task }) => task.retry({ force: true }));
  readonly #remove = this.#button('remove', icon(CLOSE), (upload) => this.#context.remove(upload));
  readonly #statusUpdate = new Throttle(() => this.#showStatus(), TEXT_MILLIS);
  #countdown: ReturnType<typeof setInterval> | undefined;

  constructor(upload: UploadState, context: ItemContext) {
    this.#upload = upload;
    this.#context = context;
    const actions = createElement('div', { part: 'actions' }, this.#retry, this.#pause, this.#cancel, this.#remove);
    this.#text.append(createElement('div', { className: 'state' }, this.#icon, this.#status));
    const all = [this.#thumbnail, this.#text, actions, this.#progress, this.#notes, this.#question];
    this.element = createElement('li', { tabIndex: -1 }, ...all);
  }

  /** Shows the upload's current state. If a focused button disappears, the focus moves to the item. */
  show(upload: UploadState): void {
    const labels = this.#context.labels();
    const before = this.#labels === labels ? this.#last : undefined;
    this.#upload = this.#last = upload;
    this.#labels = labels;
    const { status, progress, retry } = upload;
    const isDisabled = this.#context.isDisabled();
    const focused = this.element.querySelector<HTMLElement>(':focus');

    if (!before) this.#showLabels(labels);
    if (before?.status !== status) this.#showState();
    const isAnother = this.#showQuestion(upload, before === undefined);
    const isNew = isAnother || before?.status !== status || before.stage !== upload.stage || before.retry !== retry;
    const isActive = !this.#isAsking && (status === 'uploading' || status === 'paused');
    assignChanged(this.#progress, { value: progress.fraction, hidden: !isActive });
    this.#pause.hidden = isDisabled || !isActive;
    this.#cancel.hidden = isDisabled || isOver(status);
    this.#retry.hidden = isDisabled || !canRetry(upload);
    this.#remove.hidden = isDisabled || !isOver(status);
    this.#question.hidden = isDisabled;
    if (isNew) this.#statusUpdate.flush();
    else this.#statusUpdate.request();
    this.#setCountdown(retry !== undefined);
    if (before?.warnings !== upload.warnings || before.error !== upload.error) this.#showNotes(upload);
    this.#showThumbnail(upload);
    this.#showDetails(upload);
    if (focused?.hidden || focused?.isConnected === false) this.element.focus({ preventScroll: true });
  }

  close(): void {
    this.#setCountdown(false);
    this.element.remove();
  }

  get #title(): string {
    return this.#upload.name || this.#context.labels().unnamed;
  }

  /** Whether the upload waits for the user's answer. */
  get #isAsking(): boolean {
    return this.#asked !== undefined;
  }

  /** Shows the texts that depend on the labels only. */
  #showLabels(labels: ElementLabels): void {
    const title = this.#title;
    this.#name.replaceChildren(fileName(title));
    this.#name.title = title;
    this.#progress.ariaLabel = labels.progress(title);
    this.#retry.textContent = labels.retry;
    this.#label(this.#cancel, labels.cancel);
    this.#label(this.#retry, labels.retry);
    this.#label(this.#remove, labels.remove);
    this.#labelPause();
  }

  #showState(): void {
    const { status } = this.#upload;
    this.element.setAttribute('part', `item ${status}`);
    setIcon(this.#icon, status === 'failed' ? ALERT : CHECK);
    this.#labelPause();
  }

  #labelPause(): void {
    const { pause, resume } = this.#context.labels();
    const isPaused = this.#upload.status === 'paused';
    setIcon(this.#pauseIcon, isPaused ? RESUME : PAUSE);
    this.#label(this.#pause, isPaused ? resume : pause);
  }

  #showStatus(): void {
    const [labels, messages] = [this.#context.labels(), this.#context.messages()];
    const isRateShared = this.#context.isRateShared();
    const textContent = this.#isAsking
      ? labels.statuses.queued
      : statusOf(this.#upload, { labels, messages, isRateShared });
    assignChanged(this.#status, { textContent });
  }

  /** Updates the status text while it counts down to the next retry. */
  #setCountdown(isWaiting: boolean): void {
    if (isWaiting) this.#countdown ??= setInterval(() => this.#showStatus(), COUNTDOWN_MILLIS);
    else {
      clearInterval(this.#countdown);
      this.#countdown = undefined;
    }
  }

  #showNotes({ status, warnings, error, task }: UploadState): void {
    const [labels, messages] = [this.#context.labels(), this.#context.messages()];
    const note = (part: string, text: string, rule = '') => {
      const element = createElement('p', { part, dir: 'auto' }, text);
      if (rule) element.setAttribute('data-rule', rule);
      return element;
    };
    const notes = warnings.map((warning) => note('warning', explain(warning, messages), warning.rule));
    const reasons = status === 'failed' ? reasonsFor(task, error, labels, messages) : [];
    this.#notes.replaceChildren(...notes, ...reasons.map(([reason, rule]) => note('error', reason, rule)));
  }

  /** Shows the question whether to fix the file, while there is one. Returns whether it has changed. */
  #showQuestion({ source, status }: UploadState, isOutdated: boolean): boolean {
    const question = status === 'uploading' ? this.#context.questionAbout(source) : undefined;
    if (question === this.#asked && !isOutdated) return false;
    this.#asked = question;
    this.#question.replaceChildren(...(question ? [question.show(this.#context.labels())] : []));
    return true;
  }

  #showThumbnail({ media, task: { sent } }: UploadState): void {
    if (!media || !isBlob(sent)) return;
    const { parts, thumbnailSide } = this.#context;
    const readVideo = parts.has('video') ? parts.script?.readVideo : undefined;
    const side = media.kind !== 'video' || readVideo ? thumbnailSide() : 0;
    if (media === this.#thumbnailOf && side <= this.#thumbnailSide) return;
    this.#thumbnailOf = media;
    this.#thumbnailSide = side;
    const isWanted = () => this.element.isConnected && media === this.#thumbnailOf && side === this.#thumbnailSide;
    if (!this.#thumbnail.querySelector('canvas'))
      this.#thumbnail.replaceChildren(icon(FILE), media.extension.toUpperCase());
    thumbnail(sent, media, { side, isWanted, readVideo }).then((canvas) => {
      if (canvas) this.#thumbnail.replaceChildren(canvas);
    });
  }

  /** Shows the optional parts that are selected. */
  #showDetails(upload: UploadState): void {
    const { script } = this.#context.parts;
    if (script && !this.#details) {
      this.#details = new script.UploadDetails(this.#context);
      this.#text.append(this.#details.facts);
      this.element.append(this.#details.element);
    }
    this.#details?.show(upload);
  }

  #button(name: string, content: Node | string, act: (upload: UploadState) => void): HTMLButtonElement {
    const properties = { part: `button ${name}`, className: content ? 'bare' : '', type: 'button' } as const;
    return createElement('button', { ...properties, onclick: () => act(this.#upload) }, content);
  }

  #label(button: HTMLButtonElement, verb: string): void {
    const ariaLabel = this.#context.labels().action(verb, this.#title);
    // A button with text needs no tooltip.
    assignChanged(button, { ariaLabel, title: button.textContent ? '' : verb });
  }
}
