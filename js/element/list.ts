// The list of uploads, with one item for each. Only items of changed uploads are updated. If there are thousands,
// only the first are shown, and more on request.

import { report } from '../api/report.js';
import type { Task, UploadState } from '../queue/upload-store.js';
import { assignChanged, createElement } from './create-element.js';
import { Item, type ItemContext } from './item.js';

/** The number of items that are shown at first. Each request for more doubles it. */
const INITIAL_COUNT = 100;
/** The maximum time for which drawing may block the page. */
const MAX_BLOCK_MILLIS = 8;

export class List {
  readonly element = createElement('ol', { part: 'list', hidden: true });
  readonly more = createElement('button', {
    part: 'button more',
    type: 'button',
    hidden: true,
    onclick: () => this.#showMore(),
  });
  #maxShown = INITIAL_COUNT;
  readonly #uploads: ReadonlyMap<Task, UploadState>;
  readonly #items = new Map<Task, Item>();
  /** Uploads whose items are outdated. */
  readonly #stale = new Set<Task>();
  #isDue = false;
  readonly #context: ItemContext;
  readonly #focusElsewhere: () => void;

  /** `focusElsewhere` is called if the last item is removed while it has the focus. */
  constructor(uploads: ReadonlyMap<Task, UploadState>, context: ItemContext, focusElsewhere: () => void) {
    this.#uploads = uploads;
    this.#context = context;
    this.#focusElsewhere = focusElsewhere;
  }

  /** Draws the uploads that have changed. If that takes too long, the rest is drawn in a later task. */
  show(changed: Iterable<Task>): void {
    for (const task of changed) if (this.#items.has(task)) this.#stale.add(task);
    this.#draw();
  }

  /** Redraws all items, with new labels. */
  refresh(): void {
    this.show(this.#items.keys());
  }

  #draw(): void {
    const { size } = this.#uploads;
    const labels = this.#context.labels();
    assignChanged(this.element, { hidden: size === 0, ariaLabel: labels.list });
    if (this.#drawUntil(performance.now() + MAX_BLOCK_MILLIS)) {
      const isMore = size > this.#maxShown;
      assignChanged(this.more, { hidden: !isMore, textContent: isMore ? labels.more(size - this.#maxShown) : '' });
    } else if (!this.#isDue) {
      this.#isDue = true;
      setTimeout(() => {
        this.#isDue = false;
        this.#draw();
      });
    }
  }

  /** Draws outdated and missing items. Returns whether all were drawn in time. */
  #drawUntil(end: number): boolean {
    for (const task of this.#stale) {
      if (performance.now() > end) return false;
      this.#stale.delete(task);
      const [item, upload] = [this.#items.get(task), this.#uploads.get(task)];
      if (item && upload) this.#drawSafely(() => item.show(upload));
      else if (item) this.#removeItem(task, item);
    }
    const missing = Math.min(this.#maxShown, this.#uploads.size) - this.#items.size;
    return missing <= 0 || this.#fill(missing, end);
  }

  /** Adds items for the next uploads. Returns whether all were drawn in time. */
  #fill(missing: number, end: number): boolean {
    let left = missing;
    for (const [task, upload] of this.#uploads) {
      if (this.#items.has(task)) continue;
      if (performance.now() > end) return false;
      const item = new Item(upload, this.#context);
      this.#items.set(task, item);
      this.element.append(item.element);
      this.#drawSafely(() => item.show(upload));
      if (--left === 0) break;
    }
    return true;
  }

  /** Reports an error instead of throwing it, so that the other items are drawn. */
  #drawSafely(draw: () => void): void {
    try {
      draw();
    } catch (error) {
      report(error);
    }
  }

  /** Shows more items and focuses the first of them. */
  #showMore(): void {
    const last = this.element.lastElementChild;
    this.#maxShown *= 2;
    this.#draw();
    (last?.nextElementSibling as HTMLElement | null | undefined)?.focus();
  }

  #removeItem(task: Task, item: Item): void {
    this.#items.delete(task);
    const { element } = item;
    const isFocused = element.matches(':focus-within');
    const beside = element.nextElementSibling ?? element.previousElementSibling;
    item.close();
    if (!isFocused) return;
    if (beside) (beside as HTMLElement).focus();
    else this.#focusElsewhere();
  }
}
