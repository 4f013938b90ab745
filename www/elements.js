// Elements made in one call, and the page's live region.

/** An element with these properties, `data` for its dataset, and these children: elements or texts. */
export function make(tag, { data, ...properties } = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  Object.assign(element.dataset, data);
  element.append(...children);
  return element;
}

/** Announces a text to screen readers. The uploads have a live region of their own. */
export function announce(text) {
  document.querySelector('#live').textContent = text;
}
