// Creates and updates elements without parsing markup, so no Content-Security-Policy can block it.

/** Creates an element with these properties and children. `part` is its name for the page's style sheets. */
export function createElement<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { part = '', ...properties }: Partial<Omit<HTMLElementTagNameMap[Tag], 'part'>> & { part?: string } = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = Object.assign(document.createElement(tag), properties);
  if (part) element.setAttribute('part', part);
  element.append(...children);
  return element;
}

/** Assigns properties whose values differ, because assigning the same value may cause a layout. */
export function assignChanged<Target extends HTMLElement>(element: Target, properties: Partial<Target>): void {
  for (const name of Object.keys(properties) as (keyof Target)[])
    if (element[name] !== properties[name]) element[name] = properties[name] as Target[typeof name];
}
