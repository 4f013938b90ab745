// The list of uploads: one item for each, changed only where something has happened. Of thousands it shows the first, and
// more when it is asked to.

import type { Upload } from '../uploads.js';
import { Item, type Surroundings } from './item.js';
import { make } from './make.js';

/** Items that are made at once; each wish for more doubles them. */
const AT_FIRST = 100;

export class List {
  readonly element = make('ol', { part: 'list' });
  readonly more = make('button', {
    part: 'button more',
    type: 'button',
    hidden: true,
    onclick: () => this.#showMore(),
  });
  #most = AT_FIRST;
  #uploads: readonly Upload[] = [];
  readonly #items = new Map<string, { item: Item; upload: Upload }>();
  readonly #around: Surroundings;
  readonly #focusElsewhere: () => void;

  /** `focusElsewhere` is for whoever was on the last item, once it is gone. */
  constructor(around: Surroundings, focusElsewhere: () => void) {
    this.#around = around;
    this.#focusElsewhere = focusElsewhere;
  }

  show(uploads: readonly Upload[]): void {
    const words = this.#around.words();
    this.#uploads = uploads;
    this.element.ariaLabel = words.list;
    this.element.hidden = uploads.length === 0;
    this.more.hidden = uploads.length <= this.#most;
    if (!this.more.hidden) this.more.textContent = words.more(uploads.length - this.#most);
    const gone = new Set(this.#items.keys());
    for (const upload of uploads.slice(0, this.#most)) {
      gone.delete(upload.id);
      const known = this.#items.get(upload.id);
      if (known?.upload === upload) continue;
      if (known) known.item.show(upload);
      const item = known?.item ?? new Item(upload, this.#around);
      this.#items.set(upload.id, { item, upload });
      if (!known) this.element.append(item.element);
    }
    for (const id of gone) this.#drop(id);
  }

  /** Makes every item anew, in other words. */
  rebuild(uploads: readonly Upload[]): void {
    for (const { item } of this.#items.values()) item.close();
    this.#items.clear();
    this.show(uploads);
  }

  /** Whoever was on the button goes on with what it has brought. */
  #showMore(): void {
    const last = this.element.lastElementChild;
    this.#most *= 2;
    this.show(this.#uploads);
    (last?.nextElementSibling as HTMLElement | null | undefined)?.focus();
  }

  #drop(id: string): void {
    const item = this.#items.get(id)?.item;
    this.#items.delete(id);
    if (!item) return;
    const { element } = item;
    const isHeld = element.matches(':focus-within');
    const beside = element.nextElementSibling ?? element.previousElementSibling;
    item.close();
    if (!isHeld) return;
    if (beside instanceof HTMLElement) beside.focus();
    else this.#focusElsewhere();
  }
}
