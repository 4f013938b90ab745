// Announces the latest event of each file to screen readers, a few at a time.

import { createElement } from './create-element.js';

/** Several events may follow each other within milliseconds. Only the last one is announced. */
const DELAY_MILLIS = 600;
/** The maximum number of announcements at once. If there are more, a summary is announced instead. */
const MAX_ANNOUNCED = 3;

export class Announcer {
  readonly element = createElement('p', { className: 'unseen', role: 'status', ariaLive: 'polite' });
  readonly #pending = new Map<unknown, string>();
  readonly #summary: () => string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(sum: () => string) {
    this.#summary = sum;
  }

  /** Announces the text after a short delay, unless a newer one for the same subject replaces it. */
  announce(subject: unknown, text: string): void {
    this.#pending.set(subject, text);
    this.#timer ??= setTimeout(() => this.#update(), DELAY_MILLIS);
  }

  #update(): void {
    const texts = [...this.#pending.values()];
    this.#pending.clear();
    this.#timer = undefined;
    const announced = texts.length > MAX_ANNOUNCED ? [this.#summary()] : texts;
    this.element.textContent = announced.map((text) => `${text}.`.replace(/([.!?])\.$/, '$1')).join(' ');
  }
}
