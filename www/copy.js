// Buttons that copy a text and say that they did.

import { announce } from './announce.js';

const SHOWN_MILLIS = 2000;

/** Makes `button` copy `text`, which `element` shows; `what` names it. */
export function copies(button, text, element, what) {
  const label = button.textContent;
  button.setAttribute('aria-label', `Copy ${what}`);
  let timer;
  const say = (words, spoken) => {
    button.textContent = words;
    announce(button, spoken);
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.textContent = label;
    }, SHOWN_MILLIS);
  };
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      say('Copied', `Copied ${what}`);
    } catch {
      // No permission, or not a secure context: select it, so that the user can.
      element.textContent = text;
      getSelection().selectAllChildren(element);
      say('Press Ctrl+C', 'Selected; press Control C to copy');
    }
  });
}
