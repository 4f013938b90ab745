// What a screen reader is told: the last news of each file, a few at a time.

import { make } from './create-element.js';

/** Events follow each other within milliseconds; only the one that lasts is worth saying. */
const PAUSE_MILLIS = 600;
/** With more news than this at once, their sum is said. */
const SPOKEN = 3;

export class Live {
  readonly element = make('p', { className: 'unseen', role: 'status', ariaLive: 'polite' });
  readonly #news = new Map<unknown, string>();
  readonly #sum: () => string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(sum: () => string) {
    this.#sum = sum;
  }

  /** Says it soon, unless newer news of the same subject comes first. */
  say(subject: unknown, text: string): void {
    this.#news.set(subject, text);
    this.#timer ??= setTimeout(() => this.#speak(), PAUSE_MILLIS);
  }

  #speak(): void {
    const news = [...this.#news.values()];
    this.#news.clear();
    this.#timer = undefined;
    const spoken = news.length > SPOKEN ? [this.#sum()] : news;
    this.element.textContent = spoken.map((text) => `${text}.`.replace(/([.!?])\.$/, '$1')).join(' ');
  }
}
