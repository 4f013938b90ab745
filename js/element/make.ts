// Elements made in one call: no markup is parsed, so no content policy has a say in it.

/** An element with these properties and children; `part` names what the page may style. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { part = '', ...properties }: Partial<Omit<HTMLElementTagNameMap[Tag], 'part'>> & { part?: string } = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = Object.assign(document.createElement(tag), properties);
  if (part) element.setAttribute('part', part);
  element.append(...children);
  return element;
}
