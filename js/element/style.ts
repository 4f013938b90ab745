// The element's style sheet. The page can set the colours; by default they follow its colour scheme.

/** Each colour by its name after `--media-ferry-`, for the light and the dark scheme. */
export const COLOURS = {
  surface: ['#ffffff', '#172120'],
  sunken: ['#edf1f0', '#1f2b2a'],
  line: ['#d5dddb', '#2e3d3b'],
  edge: ['#7b8c89', '#6f8480'], // contrast of 3:1 with the surface
  text: ['#152220', '#e5edeb'],
  soft: ['#53625f', '#a0b1ae'],
  accent: ['#0b6b6a', '#63cbc2'],
  tint: ['#e2f1ef', '#16302f'],
  good: ['#17683b', '#78d39b'],
  warn: ['#7a4d00', '#eac074'],
  bad: ['#a52a1c', '#ff9f8f'],
} as const;

const colours = (choose: (light: string, dark: string) => string) =>
  Object.entries(COLOURS)
    .map(([name, [light, dark]]) => `--_${name}: var(--media-ferry-${name}, ${choose(light, dark)});`)
    .join('\n');

// Comments inside the text would be part of the package.
// - `[dir]`: text in another direction than the page keeps its full stop at its end, but is aligned like the page's text.
// - `list-style-type`: with `none`, VoiceOver would no longer call it a list.
// - `content-visibility`: items that are scrolled out of view are not rendered.
// - `contain`: a long name must not widen the page.
// - The total progress bar has no transition, because that would be painted as long as anything is uploaded.
const CSS = `
:host { ${colours((light) => light)} }
@supports (color: light-dark(red, red)) {
  :host { ${colours((light, dark) => `light-dark(${light}, ${dark})`)} }
}

:host {
  --_radius: var(--media-ferry-radius, 0.75rem);
  display: block;
  color: var(--_text);
}
:host([hidden]), [hidden] { display: none !important; }
*, *::before { box-sizing: border-box; }
p, ol, ul { margin: 0; padding: 0; }
[dir] { text-align: -webkit-match-parent; text-align: match-parent; }

button {
  min-block-size: 2.25rem;
  padding: 0.25rem 0.75rem;
  border: 1px solid var(--_edge);
  border-radius: calc(var(--_radius) * 0.65);
  background: var(--_surface);
  color: inherit;
  font: inherit;
  font-size: 0.875em;
  cursor: pointer;
}
button:hover { border-color: var(--_accent); color: var(--_accent); }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }

[part~="zone"] {
  display: grid;
  gap: 0.25rem;
  justify-items: center;
  inline-size: 100%;
  padding: 1.5rem 1rem;
  border: 2px dashed var(--_edge);
  border-radius: var(--_radius);
  font-size: 1em;
}
[part~="zone"]:hover, [part~="active"] { border-color: var(--_accent); background: var(--_tint); color: inherit; }
[part~="zone"]:disabled { opacity: 0.55; cursor: not-allowed; pointer-events: none; }
[part~="icon"] {
  inline-size: 1.75rem;
  block-size: 1.75rem;
  fill: none;
  stroke: var(--_accent);
  stroke-width: 1.75;
  stroke-linecap: round;
  stroke-linejoin: round;
}
[part~="invitation"] { font-weight: 600; }
[part~="hint"] { color: var(--_soft); font-size: 0.875em; }

[part~="refusals"], [part~="total"], [part~="list"] { margin-block-start: 0.75rem; }
[part~="refusals"] { color: var(--_bad); font-size: 0.9375em; list-style: none; overflow-wrap: anywhere; }
[part~="total-status"] { color: var(--_soft); font-size: 0.9375em; font-variant-numeric: tabular-nums; }

[part~="list"] { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.5rem; list-style-type: ""; }
[part~="item"] {
  display: flex;
  flex-wrap: wrap;
  gap: 0.5rem 0.75rem;
  align-items: center;
  padding: 0.75rem;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_surface);
  content-visibility: auto;
  contain-intrinsic-size: auto 5rem;
}
[part~="more"] { inline-size: 100%; margin-block-start: 0.5rem; }
[part~="thumbnail"] {
  display: grid;
  flex: none;
  place-items: center;
  inline-size: 3rem;
  block-size: 3rem;
  overflow: hidden;
  border-radius: calc(var(--_radius) * 0.5);
  background: var(--_sunken);
  color: var(--_soft);
  font-size: 0.75rem;
  font-weight: 600;
  letter-spacing: 0.04em;
  text-transform: uppercase;
}
canvas { inline-size: 100%; block-size: 100%; }
.text { flex: 1 1 6rem; min-inline-size: 0; }
[part~="name"] { contain: inline-size; overflow: hidden; font-weight: 600; text-overflow: ellipsis; white-space: nowrap; }
[part~="status"] { color: var(--_soft); font-size: 0.9375em; font-variant-numeric: tabular-nums; }
[part~="succeeded"] > .text > [part~="status"] { color: var(--_good); }
[part~="failed"] > .text > [part~="status"] { color: var(--_bad); }
[part~="actions"] { display: flex; flex: none; flex-wrap: wrap; gap: 0.375rem; margin-inline-start: auto; }
[part~="notes"] { flex: 1 0 100%; font-size: 0.9375em; overflow-wrap: anywhere; }
[part~="notes"]:empty { display: none; }
[part~="warning"] { color: var(--_warn); }

progress {
  flex: 1 0 100%;
  inline-size: 100%;
  block-size: 0.375rem;
  overflow: hidden;
  border: 0;
  border-radius: 1rem;
  background: var(--_sunken);
  appearance: none;
}
progress::-webkit-progress-bar { background: var(--_sunken); }
progress::-webkit-progress-value { border-radius: 1rem; background: var(--_accent); }
progress::-moz-progress-bar { border-radius: 1rem; background: var(--_accent); }
[part~="paused"] progress { opacity: 0.6; }
@media (prefers-reduced-motion: no-preference) {
  [part~="item"] > progress::-webkit-progress-value { transition: inline-size 0.15s linear; }
}
@media (forced-colors: active) {
  progress { border: 1px solid; }
  progress::-webkit-progress-value { background: Highlight; forced-color-adjust: none; }
}

.unseen {
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
`;

const sheets = new WeakMap<Document, CSSStyleSheet>();

/**
 * Returns the sheet for all elements of a document; a document cannot adopt the sheet of another. It is created by a script,
 * so a Content-Security-Policy against inline styles does not block it. A document without a window has none.
 */
export function style(document: Document): CSSStyleSheet[] {
  const view = document.defaultView as (Window & typeof globalThis) | null;
  if (!view) return [];
  let sheet = sheets.get(document);
  if (!sheet) {
    sheet = new view.CSSStyleSheet();
    sheet.replaceSync(CSS);
    sheets.set(document, sheet);
  }
  return [sheet];
}
