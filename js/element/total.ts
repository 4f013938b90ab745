// How far all uploads are together, while there are several and some of them are not over.

import type { TotalProgress } from '../types.js';
import { change, make } from './make.js';
import { totalOf } from './status.js';
import type { Words } from './words.js';

/** Numbers that change faster than this cannot be read. */
const SHOWN_MILLIS = 250;

export class Total {
  readonly #bar = make('progress', { part: 'progress', max: 1, value: 0 });
  readonly #status = make('p', { part: 'total-status', dir: 'auto' });
  readonly element = make('div', { part: 'total', hidden: true }, this.#status, this.#bar);
  #shownAt = Number.NEGATIVE_INFINITY;

  show(progress: TotalProgress, words: Words): void {
    const { files, succeeded, failed, fraction } = progress;
    const isHidden = files < 2 || succeeded + failed === files;
    const isNews = isHidden !== this.element.hidden;
    if (isHidden && !isNews) return;
    if (!isNews && performance.now() - this.#shownAt < SHOWN_MILLIS) return;
    this.#shownAt = performance.now();
    this.element.hidden = isHidden;
    change(this.#bar, { value: fraction, ariaLabel: words.totalProgress });
    change(this.#status, { textContent: totalOf(progress, words) });
  }
}
