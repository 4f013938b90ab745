// The element's style sheet. The page can set the colours; by default they follow its colour scheme.

import css from './style.css';

/** Mixes this percentage of the text colour into the page's background, so that neutral colours follow its colour scheme. */
const mix = (percent: number) => `color-mix(in srgb, CanvasText ${percent}%, Canvas)`;

/** Each colour by its name after `--media-ferry-`, for the light and the dark scheme. */
export const COLOURS = {
  surface: ['Canvas', mix(5)],
  sunken: [mix(6), mix(12)],
  line: [mix(16), mix(20)],
  edge: [mix(52), mix(55)], // contrast of 3:1 with the surface
  text: ['CanvasText', 'CanvasText'],
  soft: [mix(66), mix(68)],
  accent: ['#0b6b6a', '#63cbc2'],
  tint: [mix(4), mix(9)],
  good: ['#17683b', '#78d39b'],
  warn: ['#7a4d00', '#eac074'],
  bad: ['#a52a1c', '#ff9f8f'],
} as const;

const colours = (choose: (light: string, dark: string) => string) =>
  Object.entries(COLOURS)
    .map(([name, [light, dark]]) => `--_${name}: var(--media-ferry-${name}, ${choose(light, dark)});`)
    .join('\n');

const CSS = `:host { ${colours((light) => light)} }
@supports (color: light-dark(red, red)) {
  :host { ${colours((light, dark) => `light-dark(${light}, ${dark})`)} }
}
${css}`;

const sheets = new WeakMap<Document, Map<string, CSSStyleSheet>>();

/**
 * Returns the sheets for all elements of a document, with these texts after the element's own; a document cannot adopt the sheet
 * of another. They are created by a script, so a Content-Security-Policy against inline styles does not block them. A document
 * without a window has none.
 */
export function style(document: Document, ...others: string[]): CSSStyleSheet[] {
  const view = document.defaultView as (Window & typeof globalThis) | null;
  // jsdom cannot create sheets.
  if (!view?.CSSStyleSheet?.prototype.replaceSync) return [];
  const created = sheets.get(document) ?? new Map<string, CSSStyleSheet>();
  sheets.set(document, created);
  return [CSS, ...others].map((text) => {
    let sheet = created.get(text);
    if (!sheet) {
      sheet = new view.CSSStyleSheet();
      sheet.replaceSync(text);
      created.set(text, sheet);
    }
    return sheet;
  });
}
