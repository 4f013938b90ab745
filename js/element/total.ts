// How far all uploads are together, while there are several and some of them are not over.

import type { TotalProgress } from '../types.js';
import { make } from './make.js';
import { totalOf } from './status.js';
import type { Words } from './words.js';

export class Total {
  readonly #bar = make('progress', { part: 'progress', max: 1, value: 0 });
  readonly #status = make('p', { part: 'total-status' });
  readonly element = make('div', { part: 'total', hidden: true }, this.#status, this.#bar);

  show(progress: TotalProgress, words: Words): void {
    const { files, succeeded, failed, fraction } = progress;
    this.element.hidden = files < 2 || succeeded + failed === files;
    this.#bar.value = fraction;
    this.#bar.ariaLabel = words.totalProgress;
    this.#status.textContent = totalOf(progress, words);
  }
}
