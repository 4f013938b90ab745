// Elements made and changed in one call: no markup is parsed, so no content policy has a say in it.

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

/** Sets the properties that are other than they were: setting one to what it is already costs a layout. */
export function change<Target extends HTMLElement>(element: Target, properties: Partial<Target>): void {
  for (const name of Object.keys(properties) as (keyof Target)[])
    if (element[name] !== properties[name]) element[name] = properties[name] as Target[typeof name];
}
