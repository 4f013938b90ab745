// The table of docs/guides/large-files.md: the figure of each scenario, by contender, storage and engine.

import { readFileSync, writeFileSync } from 'node:fs';

const RESULTS = new URL('../../docs/guides/large-files.md', import.meta.url);
const [START, END] = ['<!-- results of npm run test:large -->', '<!-- end of the results -->'];
const ENGINES = { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKitGTK' };
const STORES = { embedded: 'embedded', ceph: 'Ceph', garage: 'Garage' };
const CONTENDERS = { mediaferry: 'mediaferry', uppy: 'Uppy' };
/** In the order of the table. */
const SCENARIOS = {
  A1: 'link of 40 ms, 20 Mbit/s for each connection',
  A2: 'tab killed; a click continues with the dropped file',
  A3: 'tab killed; file picked again under another name',
  A4: 'tab killed; another file with the same name, size and time picked',
  A5: 'tab killed; another part size after a deploy',
  A6: 'tab killed with 1,100 parts stored',
  A7lost: 'response of the completion lost',
  A7error: 'completion with status 200 and an error',
  A8: 'tab killed; upload aborted by storage',
  A9: 'part URLs live 20 s, no ETag exposed; Ceph: one of three OSDs killed',
  A10: 'resumed in two tabs, then cancelled',
  killed: 'radosgw, or all of Garage, killed for 60 s',
  memory: '2 GiB: growth of memory, longest task',
};
const COLUMNS = [SCENARIOS, STORES, CONTENDERS];

const cellsOf = (line) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const lineOf = (cells) => `| ${cells.join(' | ')} |`;

/** Writes a figure. All others stay. */
export function writeFigure({ scenario, store, contender, engine }, figure) {
  const text = readFileSync(RESULTS, 'utf8');
  const [before, rest] = text.split(START);
  const [table, after] = rest.split(END);
  const rows = new Map();
  for (const line of table.trim().split('\n').slice(2)) rows.set(placeOf(cellsOf(line)), cellsOf(line));
  const names = [scenario, store, contender].map((key, at) => COLUMNS[at][key]);
  const row = rows.get(placeOf(names)) ?? [...names, ...Object.keys(ENGINES).map(() => '')];
  row[COLUMNS.length + Object.keys(ENGINES).indexOf(engine)] = figure;
  rows.set(placeOf(names), row);
  const head = ['what happens', 'storage', '', ...Object.values(ENGINES)];
  const sorted = [...rows.keys()].sort().map((place) => lineOf(rows.get(place)));
  const lines = [lineOf(head), `|${'---|'.repeat(head.length)}`, ...sorted];
  writeFileSync(RESULTS, `${before}${START}\n${lines.join('\n')}\n${END}${after}`);
}

/** Where a row stands. */
const placeOf = (cells) =>
  COLUMNS.map((names, at) => String(Object.values(names).indexOf(cells[at])).padStart(2, '0')).join();
