// The list of uploads: one item for each, changed only if something has happened. Of thousands it shows the first, and more
// when it is asked to.

import { report } from '../emitter.js';
import type { Task, Upload } from '../uploads.js';
import { Item, type Surroundings } from './item.js';
import { change, make } from './make.js';

/** Items that are shown at first; each wish for more doubles them. */
const AT_FIRST = 100;
/** How long drawing may keep the page from anything else. */
const TURN_MILLIS = 12;

export class List {
  readonly element = make('ol', { part: 'list' });
  readonly more = make('button', {
    part: 'button more',
    type: 'button',
    hidden: true,
    onclick: () => this.#showMore(),
  });
  #most = AT_FIRST;
  readonly #uploads: ReadonlyMap<Task, Upload>;
  readonly #items = new Map<Task, Item>();
  /** What is still to be drawn. */
  readonly #stale = new Set<Task>();
  #isDue = false;
  readonly #around: Surroundings;
  readonly #focusElsewhere: () => void;

  /** `focusElsewhere` is called when the last item goes while it has the focus. */
  constructor(uploads: ReadonlyMap<Task, Upload>, around: Surroundings, focusElsewhere: () => void) {
    this.#uploads = uploads;
    this.#around = around;
    this.#focusElsewhere = focusElsewhere;
  }

  /** Draws the uploads that have changed; what takes too long, a little later. */
  show(changed: Iterable<Task>): void {
    for (const task of changed) if (this.#items.has(task)) this.#stale.add(task);
    this.#draw();
  }

  /** Draws all anew, in other words. */
  refresh(): void {
    this.show(this.#items.keys());
  }

  #draw(): void {
    const { size } = this.#uploads;
    const words = this.#around.words();
    change(this.element, { hidden: size === 0, ariaLabel: words.list });
    if (this.#catchUp(performance.now() + TURN_MILLIS)) {
      const isMore = size > this.#most;
      change(this.more, { hidden: !isMore, textContent: isMore ? words.more(size - this.#most) : '' });
    } else if (!this.#isDue) {
      this.#isDue = true;
      setTimeout(() => {
        this.#isDue = false;
        this.#draw();
      });
    }
  }

  /** Draws what is stale and what is missing. Returns whether there was time for all. */
  #catchUp(end: number): boolean {
    for (const task of this.#stale) {
      if (performance.now() > end) return false;
      this.#stale.delete(task);
      const [item, upload] = [this.#items.get(task), this.#uploads.get(task)];
      if (item && upload) this.#try(() => item.show(upload));
      else if (item) this.#drop(task, item);
    }
    const missing = Math.min(this.#most, this.#uploads.size) - this.#items.size;
    return missing <= 0 || this.#fill(missing, end);
  }

  /** Adds the next items: those that are there are the first uploads. Returns whether there was time for all. */
  #fill(missing: number, end: number): boolean {
    let left = missing;
    for (const [task, upload] of this.#uploads) {
      if (this.#items.has(task)) continue;
      if (performance.now() > end) return false;
      const item = new Item(upload, this.#around);
      this.#items.set(task, item);
      this.element.append(item.element);
      this.#try(() => item.show(upload));
      if (--left === 0) break;
    }
    return true;
  }

  /** One that cannot be drawn must not keep the others from it. */
  #try(draw: () => void): void {
    try {
      draw();
    } catch (error) {
      report(error);
    }
  }

  /** If the focus was on the button, it moves to the first of what has come. */
  #showMore(): void {
    const last = this.element.lastElementChild;
    this.#most *= 2;
    this.#draw();
    (last?.nextElementSibling as HTMLElement | null | undefined)?.focus();
  }

  #drop(task: Task, item: Item): void {
    this.#items.delete(task);
    const { element } = item;
    const isHeld = element.matches(':focus-within');
    const beside = element.nextElementSibling ?? element.previousElementSibling;
    item.close();
    if (!isHeld) return;
    if (beside) (beside as HTMLElement).focus();
    else this.#focusElsewhere();
  }
}
