// The table of docs/fix.md: what was fixed, by engine.

import { readFileSync, writeFileSync } from 'node:fs';

const RESULTS = new URL('../../docs/fix.md', import.meta.url);
const [START, END] = ['<!-- results of npm run test:fix -->', '<!-- end of the results -->'];
const NAMES = { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKitGTK' };

/** A row's numbers: `{ files, fixable, fixed, passes, fine, changed }`. */
export function writeTable(engine, result) {
  const text = readFileSync(RESULTS, 'utf8');
  const [before, rest] = text.split(START);
  const [table, after] = rest.split(END);
  const rows = new Map(
    table
      .split('\n')
      .flatMap((line) => (/^\| (Chromium|Firefox|WebKitGTK) /.test(line) ? [[line.split(' ')[1], line]] : [])),
  );
  const { files, fixable, fixed, passes, fine, changed, needs } = result;
  const percent = ((100 * fixed) / fixable).toFixed(1);
  rows.set(
    NAMES[engine],
    `| ${NAMES[engine]} | ${files} | ${fixable} | ${fixed} (${percent} %) | ${passes} | ${needs} | ${changed} of ${fine} |`,
  );
  const head = [
    '| engine | files that break a limit | fixable there | fixed | passed `check()` again | need another browser or an option | fine files changed |',
    '|---|---|---|---|---|---|---|',
  ];
  const body = Object.values(NAMES).flatMap((name) => rows.get(name) ?? []);
  writeFileSync(RESULTS, `${before}${START}\n${[...head, ...body].join('\n')}\n${END}${after}`);
}
