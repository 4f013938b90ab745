// One table: what was measured, its peer, their ratio, and the bar that it is held against.

/** The middle one of some numbers. */
export const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

const COLUMNS = [34, 16, 20, 14, 12];

/** Prints rows of `{ what, ours, peer, result, bar, ok }`; a row without `ok` is for information only. */
export function report(rows) {
  console.log(`\n${line('what', 'mediaferry', 'beside it', 'result', 'bar')}`);
  for (const { what, ours, peer = '', result, bar = '', ok } of rows) {
    const verdict = ok === undefined ? '' : ok ? 'ok' : 'MISSED';
    console.log(`${line(what, ours, peer, result, bar)} ${verdict}`.trimEnd());
  }
}

const line = (...cells) => cells.map((cell, at) => pad(String(cell), COLUMNS[at], at === 0)).join('  ');
const pad = (text, width, left) => (left ? text.padEnd(width) : text.padStart(width));
