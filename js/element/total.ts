// The progress of all uploads together, shown while there are several and some are not over.

import type { TotalProgress } from '../api/types.js';
import { assignChanged, createElement } from './create-element.js';
import type { Labels } from './labels.js';
import { totalOf } from './status.js';

/** The minimum time between two updates, so that the numbers can be read. */
const UPDATE_MILLIS = 250;

export class Total {
  readonly #bar = createElement('progress', { part: 'progress', max: 1, value: 0 });
  readonly #status = createElement('p', { part: 'total-status', dir: 'auto' });
  readonly element = createElement('div', { part: 'total', hidden: true }, this.#status, this.#bar);
  #shownAt = Number.NEGATIVE_INFINITY;

  show(progress: TotalProgress, labels: Labels): void {
    const { files, succeeded, failed, fraction } = progress;
    const isHidden = files < 2 || succeeded + failed === files;
    const isNews = isHidden !== this.element.hidden;
    if (isHidden && !isNews) return;
    if (!isNews && performance.now() - this.#shownAt < UPDATE_MILLIS) return;
    this.#shownAt = performance.now();
    this.element.hidden = isHidden;
    assignChanged(this.#bar, { value: fraction, ariaLabel: labels.totalProgress });
    assignChanged(this.#status, { textContent: totalOf(progress, labels) });
  }
}
