// Announces the latest event of each file to screen readers. Failures and responses to the user are always announced; other events
// are summarised if there are many.

import { createElement } from './create-element.js';

/** The delay of announcements. Of several events within this time, only the last one is announced. */
const DELAY_MILLIS = 600;
/** The maximum number of announcements at once. If there are more, a summary replaces those that may be summarised. */
const MAX_ANNOUNCED = 3;

interface Announcement {
  text: string;
  isKept: boolean;
}

export class Announcer {
  readonly element = createElement('p', { className: 'unseen', role: 'status', ariaLive: 'polite' });
  readonly #pending = new Map<unknown, Announcement>();
  readonly #summary: () => string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(summary: () => string) {
    this.#summary = summary;
  }

  /**
   * Announces the text after a short delay, unless a newer one for the same subject replaces it.
   * @param isKept whether it must not be replaced by a summary
   */
  announce(subject: unknown, text: string, isKept = false): void {
    this.#pending.set(subject, { text, isKept });
    this.#timer ??= setTimeout(() => this.#update(), DELAY_MILLIS);
  }

  #update(): void {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    this.#timer = undefined;
    // "3 of 4 uploaded, 1 failed. holiday.heic: The file is HEIC. Supported: …"
    const isMany = all.length > MAX_ANNOUNCED;
    const announced = isMany ? all.filter(({ isKept }) => isKept) : all;
    const texts = announced.map(({ text }) => text);
    this.element.textContent = [...(isMany ? [this.#summary()] : []), ...texts].map(sentence).join(' ');
  }
}

const sentence = (text: string) => (/\p{Sentence_Terminal}$/u.test(text) ? text : `${text}.`);
