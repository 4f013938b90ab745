// The progress of all uploads together, shown if that is more informative than the progress of each: while some are queued, and
// until all have ended.

import type { TotalProgress } from '../api/types.js';
import { assignChanged, createElement } from './create-element.js';
import type { ElementLabels } from './labels.js';
import { totalOf } from './status.js';

/** The minimum time between two updates, so that the numbers can be read. */
const UPDATE_MILLIS = 250;

export class Total {
  readonly #bar = createElement('progress', { part: 'progress', max: 1, value: 0 });
  readonly #status = createElement('p', { part: 'total-status', dir: 'auto' });
  readonly element = createElement('div', { part: 'total', hidden: true }, this.#status, this.#bar);
  #shownAt = Number.NEGATIVE_INFINITY;
  #later: ReturnType<typeof setTimeout> | undefined;

  /** Whether it is shown. If it is, single uploads do not show the rate and the time left. */
  get isShown(): boolean {
    return !this.element.hidden;
  }

  /** `left` is the number of uploads that are not over, of which `running` may run at the same time. */
  show(progress: TotalProgress, left: number, running: number, labels: ElementLabels): void {
    clearTimeout(this.#later);
    const isHidden = this.isShown ? left === 0 : left <= running;
    const isNews = isHidden !== this.element.hidden;
    if (isHidden && !isNews) return;
    const due = this.#shownAt + UPDATE_MILLIS - performance.now();
    if (!isNews && due > 0) {
      // This may be the last change for a long time, because another upload may wait for the user's answer.
      this.#later = setTimeout(() => this.show(progress, left, running, labels), due);
      return;
    }
    this.#shownAt = performance.now();
    this.element.hidden = isHidden;
    assignChanged(this.#bar, { value: progress.fraction, ariaLabel: labels.totalProgress });
    assignChanged(this.#status, { textContent: totalOf(progress, labels) });
  }
}
