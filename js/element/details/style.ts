// The style of the optional parts, in addition to the element's.

/** The colours are those of the element's own style sheet. */
export const CSS = `
[part~="mismatch"] { color: var(--_warn); }
[part~="facts"] { color: var(--_soft); font-size: 0.875em; }
[part~="details"] { display: grid; flex: 1 0 100%; gap: 0.5rem; min-inline-size: 0; font-size: 0.875em; }
.row {
  display: grid;
  grid-template-columns: minmax(0, 1fr) repeat(2, auto);
  align-items: center;
  padding-block: 0.25rem;
  padding-inline: 0.75rem 0.25rem;
  border-radius: calc(var(--_radius) * 0.65);
  background: var(--_sunken);
}
[part~="asset"] { display: grid; gap: 0.25rem; }
[part~="caption"] { grid-area: 1 / 1; color: var(--_soft); font-size: 0.875em; }
.row > :is(code, pre) {
  grid-area: 2 / 1;
  max-block-size: 12em;
  overflow: auto;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
  direction: ltr;
  font: 0.9285em/1.45 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace;
  scrollbar-width: thin;
}
.row > [part~="copy"] { grid-area: 1 / 2 / 3; }
.row > [part~="open"] { grid-area: 1 / 3 / 3; }
:host([view="grid"]) .row > :is(code, pre) { display: none; }
:host([view="grid"]) [part~="caption"] { grid-row: 1 / 3; }
[part~="expires"] { color: var(--_soft); }
[part~="accepted-by"] { display: flex; flex-wrap: wrap; gap: 0.375rem; align-items: center; margin-block-end: 0.5rem; }
[part~="send"] { min-block-size: 2rem; }
summary { inline-size: fit-content; border-radius: 0.25rem; color: var(--_accent); cursor: pointer; }
[part~="verdict"] { position: relative; margin-block-start: 0.5rem; padding-inline-start: 1.75rem; }
[part~="verdict"] > svg { position: absolute; inset-inline-start: 0; }
[part~="verdict"] > p + p { color: var(--_soft); }
[part~="accepts"] > svg { color: var(--_good); }
[part~="warns"] > svg { color: var(--_warn); }
[part~="refuses"] > svg { color: var(--_bad); }
`;
