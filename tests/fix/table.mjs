// The tables of docs/fix.md: what was fixed, by engine; a large movie, by this package and by mediabunny.

import { readFileSync, writeFileSync } from 'node:fs';

const RESULTS = new URL('../../docs/fix.md', import.meta.url);
const NAMES = { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKitGTK' };

/** A row's numbers: `{ files, fixable, fixed, passes, needs, fine, changed }`, and `failed`, the names of the files that were not fixed. */
export function writeTable(engine, result) {
  const isRow = (line) => /^\| (Chromium|Firefox|WebKitGTK) /.test(line);
  const rows = new Map(
    read('results')
      .filter(isRow)
      .map((line) => [line.split(' ')[1], line]),
  );
  const { files, fixable, fixed, passes, fine, changed, needs, failed } = result;
  const percent = ((100 * fixed) / fixable).toFixed(1);
  rows.set(
    NAMES[engine],
    `| ${NAMES[engine]} | ${files} | ${fixable} | ${fixed} (${percent} %) | ${passes} | ${needs} | ${changed} of ${fine} | ${failed.map((name) => name.replace(/^.*\//, '')).join(', ')} |`,
  );
  const head = [
    '| engine | files that break a limit | fixable there | fixed | passed `check()` again | need another browser or an option | fine files changed | not fixed |',
    '|---|---|---|---|---|---|---|---|',
  ];
  const body = Object.values(NAMES).flatMap((name) => rows.get(name) ?? []);
  write('results', [...head, ...body]);
}

/** The large movie: `{ millis, memory, error? }` of both, with the memory in bytes. */
export function writeMovieTable({ ours, theirs }) {
  const row = (name, { millis, memory, error }) =>
    `| ${name} | ${error ?? `${(millis / 1000).toFixed(2)} s`} | ${Math.round(memory / 2 ** 20)} MiB |`;
  write('large movie', [
    '| | time | memory beside the tab itself |',
    '|---|---|---|',
    row('mediaferry', ours),
    row('mediabunny', theirs),
  ]);
}

const mark = (name) => [`<!-- ${name} of npm run test:fix -->`, `<!-- end of the ${name} -->`];

/** The lines of a table. */
function read(name) {
  const [start, end] = mark(name);
  return readFileSync(RESULTS, 'utf8').split(start)[1].split(end)[0].split('\n');
}

function write(name, lines) {
  const [start, end] = mark(name);
  const [before, rest] = readFileSync(RESULTS, 'utf8').split(start);
  writeFileSync(RESULTS, `${before}${start}\n${lines.join('\n')}\n${end}${rest.split(end)[1]}`);
}
