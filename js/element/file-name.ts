// A file's name on one line: if it is too long, its middle is truncated, so that its number and its extension stay visible.

import { createElement } from './create-element.js';

/** Shorter names are not split. */
const MIN_LENGTH = 20;
/** The last characters before the extension, and the extension. Combining accents stay with their letter. */
const END = /(?:\P{M}\p{M}*){1,4}(?:\.[^.]{1,5})?$/u;

/** Returns the contents of the element of a name. The style sheet truncates the first part if there is no space for it. */
export function fileName(name: string): HTMLElement {
  const end = name.length > MIN_LENGTH ? (END.exec(name)?.[0] ?? '') : '';
  const start = name.slice(0, name.length - end.length);
  // `bdi`, because the direction of a name is not the direction of the page.
  return createElement(
    'bdi',
    { className: 'split' },
    createElement('span', { textContent: start }),
    createElement('span', { textContent: end }),
  );
}
