// A button that copies a text.

import { createElement } from '../create-element.js';
import { CHECK, COPY, icon, setIcon } from '../icons.js';

const SHOWN_MILLIS = 2_000;

/** The accessible name of a button, and what it announces. */
export interface CopyLabels {
  label: string;
  copied: string;
  selected: string;
}

/** Creates a button that copies the text of this element, or selects it if the browser does not allow a copy. */
export function copyButton(
  text: string,
  element: HTMLElement,
  { label, copied, selected }: CopyLabels,
  announce: (subject: unknown, text: string) => void,
): HTMLButtonElement {
  const symbol = icon(COPY);
  const properties = {
    part: 'button copy',
    className: 'bare',
    type: 'button',
    ariaLabel: label,
    title: label,
  } as const;
  const button = createElement('button', properties, symbol);
  let timer: ReturnType<typeof setTimeout>;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // No permission, or not a secure context.
      element.textContent = text;
      getSelection()?.selectAllChildren(element);
      announce(button, selected);
      return;
    }
    setIcon(symbol, CHECK);
    announce(button, copied);
    clearTimeout(timer);
    timer = setTimeout(() => setIcon(symbol, COPY), SHOWN_MILLIS);
  });
  return button;
}
