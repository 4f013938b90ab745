// The list of uploads: one item for each, changed only where something has happened.

import type { Upload } from '../uploads.js';
import { Item, type Surroundings } from './item.js';
import { make } from './make.js';

export class List {
  readonly element = make('ol', { part: 'list' });
  readonly #items = new Map<string, { item: Item; upload: Upload }>();
  readonly #around: Surroundings;
  readonly #focusElsewhere: () => void;

  /** `focusElsewhere` is for whoever was on the last item, once it is gone. */
  constructor(around: Surroundings, focusElsewhere: () => void) {
    this.#around = around;
    this.#focusElsewhere = focusElsewhere;
  }

  show(uploads: readonly Upload[]): void {
    this.element.ariaLabel = this.#around.words().list;
    this.element.hidden = uploads.length === 0;
    const gone = new Set(this.#items.keys());
    for (const upload of uploads) {
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
