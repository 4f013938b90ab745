// The list of files that were not added, and the announcements for screen readers.

import type { Source, Violation } from '../api/types.js';
import { explain } from '../index.js';
import { nameOf } from '../queue/upload-store.js';
import type { Uploader } from '../queue/uploader.js';
import { Announcer } from './announcer.js';
import { createElement } from './create-element.js';
import type { ItemContext } from './item.js';
import { reasonFor, totalOf } from './status.js';

/** The maximum number of reasons that are shown. */
const MAX_SHOWN = 10;

export class Notices {
  readonly list = createElement('ul', { part: 'refusals', hidden: true });
  readonly #announcer: Announcer;
  readonly #context: ItemContext;
  #hiddenCount = 0;

  constructor(uploader: Uploader, context: ItemContext) {
    this.#context = context;
    this.#announcer = new Announcer(() => totalOf(uploader.progress, context.labels()));
    const { labels, messages } = context;
    uploader.on('file-added', ({ id, source }) => this.#announcer.announce(id, labels().added(this.#name(source))));
    uploader.on('restriction-failed', (source, violations) => this.#onRestrictionFailed(source, violations));
    uploader.on('upload-retry', ({ id, source }, retry) => this.#announce(id, source, explain(retry, messages())));
    uploader.on('upload-success', ({ id, source }) => this.#announce(id, source, labels().statuses.succeeded));
    uploader.on('upload-error', ({ id, source, status }, error) =>
      this.#announce(id, source, status === 'aborted' ? labels().statuses.aborted : reasonFor(error, labels())),
    );
  }

  /** The live region for screen readers. */
  get liveRegion(): HTMLElement {
    return this.#announcer.element;
  }

  /** Removes all reasons. */
  clear(): void {
    this.list.replaceChildren();
    this.#hiddenCount = 0;
    this.list.hidden = true;
  }

  /** Shows why a file was not added. */
  show(reason: string): void {
    const isShown = this.list.childElementCount < MAX_SHOWN;
    if (!isShown && this.#hiddenCount++ > 0) this.list.lastElementChild?.remove();
    const text = isShown ? reason : this.#context.labels().moreRefused(this.#hiddenCount);
    this.list.append(createElement('li', { part: 'refusal', dir: 'auto' }, text));
    this.list.hidden = false;
    this.#announcer.announce(this.list, Array.from(this.list.children, ({ textContent }) => textContent).join(' '));
  }

  #onRestrictionFailed(source: Source, violations: Violation[]): void {
    const reasons = violations.map((violation) => explain(violation, this.#context.messages()));
    this.show(`${this.#name(source)}: ${reasons.join(' ')}`);
  }

  #announce(id: string, source: Source, text: string): void {
    this.#announcer.announce(id, `${this.#name(source)}: ${text}`);
  }

  #name(source: Source): string {
    return nameOf(source) || this.#context.labels().unnamed;
  }
}
