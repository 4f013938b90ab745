// The element's style sheet. The page can set the colours; by default they follow its colour scheme.

/** So much of the text colour in the page's background, in percent: the neutral colours follow the page's colour scheme. */
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

// Comments inside the text would be part of the package.
// - `[dir]`: text in another direction than the page keeps its full stop at its end, but is aligned like the page's text.
// - `list-style-type`: with `none`, VoiceOver would no longer call it a list.
// - `content-visibility`: items that are scrolled out of view are not rendered.
// - `contain`: a long name must not widen the page.
// - `hover: none`: nothing can be dropped there, so only the link is shown, unless the page has a text of its own.
// - The total progress bar has no transition, because that would be painted as long as anything is uploaded.
const CSS = `
:host { ${colours((light) => light)} }
@supports (color: light-dark(red, red)) {
  :host { ${colours((light, dark) => `light-dark(${light}, ${dark})`)} }
}

:host {
  --_radius: var(--media-ferry-radius, 0.75rem);
  --_thumbnail: var(--media-ferry-thumbnail, 3.5rem);
  --_tile: var(--media-ferry-tile, 11rem);
  display: block;
  color: var(--_text);
  line-height: 1.4;
}
:host([hidden]), [hidden] { display: none !important; }
*, *::before { box-sizing: border-box; }
p, ol, ul, pre { margin: 0; padding: 0; }
ol, ul { list-style-type: ""; }
[dir] { text-align: -webkit-match-parent; text-align: match-parent; }

svg {
  flex: none;
  inline-size: 1.25rem;
  block-size: 1.25rem;
  fill: none;
  stroke: currentColor;
  stroke-width: 1.75;
  stroke-linecap: round;
  stroke-linejoin: round;
}

button, [part~="button"] {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  min-inline-size: 2.25rem;
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
.bare { padding: 0; border-color: transparent; background: none; color: var(--_soft); }
[part~="button"]:hover { border-color: var(--_accent); color: var(--_accent); }
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
[part~="zone"]:hover, [part~="active"] { border-color: var(--_accent); background: var(--_tint); }
[part~="zone"]:disabled { opacity: 0.55; cursor: not-allowed; pointer-events: none; }
[part~="zone"] > svg { inline-size: 1.75rem; block-size: 1.75rem; color: var(--_accent); }
[part~="invitation"] { font-weight: 600; }
[part~="browse"] { color: var(--_accent); text-decoration: underline; text-underline-offset: 0.2em; }
[part~="hint"], [part~="count"] { color: var(--_soft); font-size: 0.875em; }
[part~="count"]:empty { display: none; }
[part~="compact"] {
  display: flex;
  gap: 0.5rem;
  justify-content: start;
  min-block-size: 3rem;
  padding: 0.5rem 0.75rem;
  border-width: 1px;
  font-size: 0.9375em;
}
[part~="compact"] > svg { inline-size: 1.25rem; block-size: 1.25rem; }
[part~="compact"] > :is([part~="invitation"], [part~="hint"]) { display: none; }
[part~="count"] { margin-inline-start: auto; font-variant-numeric: tabular-nums; }
[part~="full"] { border-style: solid; border-color: var(--_line); background: none; cursor: default; }
[part~="full"] > svg { display: none; }
[part~="full"] > [part~="browse"] { color: var(--_soft); text-decoration: none; }
@media (hover: none) {
  .invitation { display: none; }
  [part~="button"] { min-inline-size: 2.75rem; min-block-size: 2.75rem; }
}

[part~="refusals"], [part~="total"], [part~="list"] { margin-block-start: 0.75rem; }
[part~="refusals"] {
  display: flex;
  gap: 0.5rem;
  align-items: start;
  padding-inline: 0.75rem 0.25rem;
  border: 1px solid var(--_bad);
  border-radius: var(--_radius);
  color: var(--_bad);
  font-size: 0.9375em;
}
[part~="refusals"] > svg { block-size: 1lh; margin-block: 0.5rem; }
[part~="refusals"] > ul { flex: 1; min-inline-size: 0; padding-block: 0.5rem; overflow-wrap: anywhere; }
[part~="refusal"] + [part~="refusal"] { margin-block-start: 0.25rem; }
[part~="total-status"] { margin-block-end: 0.25rem; color: var(--_soft); font-size: 0.9375em; font-variant-numeric: tabular-nums; }

[part~="list"] { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.5rem; }
[part~="item"] {
  position: relative;
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
[part~="failed"] { border-color: var(--_bad); }
[part~="more"] { inline-size: 100%; margin-block-start: 0.5rem; }
[part~="thumbnail"] {
  display: grid;
  flex: none;
  align-content: center;
  justify-items: center;
  inline-size: var(--_thumbnail);
  block-size: var(--_thumbnail);
  overflow: hidden;
  border-radius: calc(var(--_radius) * 0.5);
  background: var(--_sunken);
  color: var(--_soft);
  font-size: 0.625rem;
  font-weight: 600;
  letter-spacing: 0.04em;
  line-height: 1.3;
  text-transform: uppercase;
}
[part~="thumbnail"] > svg { inline-size: 1.5rem; block-size: 1.5rem; stroke-width: 1.5; }
canvas { inline-size: 100%; block-size: 100%; object-fit: cover; }
.text { flex: 1 1 6rem; min-inline-size: 0; }
[part~="name"] { contain: inline-size; font-weight: 600; }
.split { display: inline-flex; max-inline-size: 100%; vertical-align: bottom; }
.split > * { flex: none; white-space: pre; }
.split > :first-child { flex: 0 1 auto; min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; }
.state { display: flex; gap: 0.25rem; align-items: start; color: var(--_soft); font-size: 0.9375em; }
.state > svg { display: none; block-size: 1lh; }
:is([part~="succeeded"], [part~="failed"]) > .text > .state > svg { display: block; }
[part~="status"] { min-inline-size: 0; font-variant-numeric: tabular-nums; }
[part~="succeeded"] > .text > .state { color: var(--_good); }
[part~="failed"] > .text > .state, [part~="error"] { color: var(--_bad); }
[part~="actions"] { display: flex; flex: none; flex-wrap: wrap; gap: 0.125rem; margin-inline: auto -0.375rem; }
[part~="notes"] { flex: 1 0 100%; font-size: 0.9375em; overflow-wrap: anywhere; }
[part~="notes"]:empty { display: none; }
[part~="warning"] { color: var(--_warn); }

:host([view="grid"]) {
  & [part~="list"] { grid-template-columns: repeat(auto-fill, minmax(min(var(--_tile), 45%), 1fr)); }
  & [part~="item"] { flex-direction: column; flex-wrap: nowrap; align-items: stretch; gap: 0.5rem; padding: 0.5rem; }
  & [part~="thumbnail"] { inline-size: 100%; block-size: auto; aspect-ratio: 1; font-size: 0.75rem; }
  & [part~="thumbnail"] > svg { inline-size: 3rem; block-size: 3rem; }
  & [part~="item"] > * { flex: none; }
  & :is(.text, [part~="notes"]) { padding-inline: 0.25rem; }
  & [part~="actions"] { position: absolute; inset-block-start: 0.875rem; inset-inline-end: 0.875rem; }
  & [part~="actions"] > * { border-color: var(--_line); background: var(--_surface); color: var(--_text); }
}

progress {
  display: block;
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
  svg { color: inherit !important; }
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

const sheets = new WeakMap<Document, Map<string, CSSStyleSheet>>();

/**
 * Returns the sheets for all elements of a document, with these texts after the element's own; a document cannot adopt the sheet
 * of another. They are created by a script, so a Content-Security-Policy against inline styles does not block them. A document
 * without a window has none.
 */
export function style(document: Document, ...others: string[]): CSSStyleSheet[] {
  const view = document.defaultView as (Window & typeof globalThis) | null;
  if (!view) return [];
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
