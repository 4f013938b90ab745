// What the element tells: which files were not taken, for all to see, and how each upload fares, for screen readers.

import { explain } from '../index.js';
import type { Source, Violation } from '../types.js';
import type { Uploader } from '../uploader.js';
import { nameOf } from '../uploads.js';
import type { Surroundings } from './item.js';
import { Live } from './live.js';
import { make } from './make.js';
import { reasonOf, totalOf } from './status.js';

/** Reasons that are shown: whoever drops thousands reads no more. */
const SHOWN = 10;

export class Notices {
  readonly refusals = make('ul', { part: 'refusals', hidden: true });
  readonly #live: Live;
  readonly #around: Surroundings;
  #more = 0;

  constructor(uploader: Uploader, around: Surroundings) {
    this.#around = around;
    this.#live = new Live(() => totalOf(uploader.progress, around.words()));
    const { words, messages } = around;
    uploader.on('file-added', ({ id, source }) => this.#live.say(id, words().added(this.#name(source))));
    uploader.on('restriction-failed', (source, violations) => this.#refuse(source, violations));
    uploader.on('upload-retry', ({ id, source }, retry) => this.#say(id, source, explain(retry, messages())));
    uploader.on('upload-success', ({ id, source }) => this.#say(id, source, words().statuses.succeeded));
    uploader.on('upload-error', ({ id, source, status }, error) =>
      this.#say(id, source, status === 'aborted' ? words().statuses.aborted : reasonOf(error, words())),
    );
  }

  /** What is read out. */
  get live(): HTMLElement {
    return this.#live.element;
  }

  /** Forgets what was not taken before. */
  clear(): void {
    this.refusals.replaceChildren();
    this.#more = 0;
    this.refusals.hidden = true;
  }

  /** Shows why something was not taken. */
  refuse(reason: string): void {
    const isShown = this.refusals.childElementCount < SHOWN;
    if (!isShown && this.#more++ > 0) this.refusals.lastElementChild?.remove();
    const text = isShown ? reason : this.#around.words().moreRefused(this.#more);
    this.refusals.append(make('li', { part: 'refusal', dir: 'auto' }, text));
    this.refusals.hidden = false;
    this.#live.say(this.refusals, Array.from(this.refusals.children, ({ textContent }) => textContent).join(' '));
  }

  #refuse(source: Source, violations: Violation[]): void {
    const reasons = violations.map((violation) => explain(violation, this.#around.messages()));
    this.refuse(`${this.#name(source)}: ${reasons.join(' ')}`);
  }

  #say(id: string, source: Source, text: string): void {
    this.#live.say(id, `${this.#name(source)}: ${text}`);
  }

  #name(source: Source): string {
    return nameOf(source) || this.#around.words().unnamed;
  }
}
