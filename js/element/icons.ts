// The icons of the element: outlines in the colour of the text around them.

const SVG = 'http://www.w3.org/2000/svg';

// The path of each icon in a square of 24 units. Bundlers remove the icons that a script does not use.
export const UPLOAD = 'M12 16V4m0 0L7 9m5-5 5 5M4 16v3a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3';
export const FILE = 'M14 3H7a1 1 0 0 0-1 1v16a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V7zm0 0v4h4';
export const CHECK = 'M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM8 12.5l2.7 2.7L16 9.5';
export const ALERT = 'M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zm-9-4.5v5.5m0 3.4v.1';
export const CLOSE = 'M6 6l12 12M18 6 6 18';
export const PAUSE = 'M9 5v14m6-14v14';
export const RESUME = 'M8 5v14l11-7z';
export const COPY = 'M9 9h11v11H9zM15 9V4H4v11h5';
export const OPEN = 'M13 4h7v7m0-7-9 9M9 5H5a1 1 0 0 0-1 1v13a1 1 0 0 0 1 1h13a1 1 0 0 0 1-1v-4';

/** Creates an icon. It is decorative: the text or the label beside it says the same. */
export function icon(path: string): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [attribute, value] of Object.entries({ viewBox: '0 0 24 24', part: 'icon', 'aria-hidden': 'true' }))
    svg.setAttribute(attribute, value);
  svg.append(document.createElementNS(SVG, 'path'));
  setIcon(svg, path);
  return svg;
}

/** Shows another icon in the same element. */
export function setIcon(svg: SVGElement, path: string): void {
  svg.firstElementChild?.setAttribute('d', path);
}
