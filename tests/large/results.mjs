// The table of docs/guides/large-files.md: the figure of each scenario, by contender, store and engine.

import { readFileSync, writeFileSync } from 'node:fs';

const RESULTS = new URL('../../docs/guides/large-files.md', import.meta.url);
const [START, END] = ['<!-- results of npm run test:large -->', '<!-- end of the results -->'];
const ENGINES = { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKitGTK' };
const STORES = { embedded: 'embedded', ceph: 'Ceph' };
const CONTENDERS = { mediaferry: 'mediaferry', uppy: 'Uppy' };
const KEYS = 3;

const cellsOf = (line) => line.split('|').slice(1, -1).map((cell) => cell.trim());
const lineOf = (cells) => `| ${cells.join(' | ')} |`;

/** Writes a figure. Those of other engines stay. */
export function writeFigure({ scenario, store, contender, engine }, figure) {
  const text = readFileSync(RESULTS, 'utf8');
  const [before, rest] = text.split(START);
  const [table, after] = rest.split(END);
  const rows = table.trim().split('\n').slice(2).filter(Boolean).map(cellsOf);
  const key = [scenario, STORES[store], CONTENDERS[contender]];
  const isSame = (row) => row.slice(0, KEYS).join() === key.join();
  if (!rows.some(isSame)) rows.push([...key, ...Object.keys(ENGINES).map(() => '')]);
  rows.find(isSame)[KEYS + Object.keys(ENGINES).indexOf(engine)] = figure;
  const order = (row) => [row[0].padStart(80), Object.values(STORES).indexOf(row[1]), Object.values(CONTENDERS).indexOf(row[2])];
  rows.sort((one, other) => {
    const [a, b] = [order(one), order(other)];
    const at = a.findIndex((value, at) => value !== b[at]);
    return at < 0 ? 0 : a[at] < b[at] ? -1 : 1;
  });
  const head = ['scenario', 'storage', '', ...Object.values(ENGINES)];
  const lines = [lineOf(head), `|${'---|'.repeat(head.length)}`, ...rows.map(lineOf)];
  writeFileSync(RESULTS, `${before}${START}\n${lines.join('\n')}\n${END}${after}`);
}
