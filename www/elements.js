// Elements made in one call.

/** An element with these properties, `data` for its dataset, and these children: elements or texts. */
export function make(tag, { data, ...properties } = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  Object.assign(element.dataset, data);
  element.append(...children);
  return element;
}
