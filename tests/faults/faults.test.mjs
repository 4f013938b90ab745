// Every request of every provider, broken at every point, while five other uploads run: they notice nothing, and the broken
// one ends as a success with one asset, as an error that is true, or as unknown if its request had left.
//
// `npm test -- faults` runs the most informative points, in Chromium. `npm run test:faults` runs all of them in three engines;
// ENGINE=firefox picks one. CASE picks cases by a regular expression for their names:
//
//     CASE='relaydance · form · before response: rst' ENGINE=chromium npm run test:faults
//
// `routes.mjs` has the requests, `points.mjs` the points.

import { after, before, suite, test } from 'node:test';
import { hasPages } from '../e2e/engine.mjs';
import { lifetime } from '../e2e/lifetime.mjs';
import { allCases, shortCases } from './cases.mjs';
import { startPages } from './pages.mjs';
import { isSlow } from './points.mjs';
import { run } from './run.mjs';
import { Table } from './table.mjs';

const isFull = process.env.FAULTS === 'all';
const { CASE = '' } = process.env;

const cases = (isFull ? allCases() : shortCases()).filter(({ name }) => new RegExp(CASE).test(name));
const table = new Table();

/** How many cases run at once. Those that wait take little of the machine, unless each needs a browser of its own. */
const GROUPS = [
  { title: 'a connection that breaks', pages: 6, cases: cases.filter(({ point }) => !isSlow(point)) },
  { title: 'a connection that stalls', pages: hasPages ? 32 : 12, cases: cases.filter(({ point }) => isSlow(point)) },
];

suite('faults', { concurrency: true }, () => {
  for (const { title, pages: count, cases } of GROUPS.filter(({ cases }) => cases.length)) {
    suite(title, { concurrency: count }, () => {
      const life = lifetime({ after });
      let pages;
      before(async () => {
        pages = await startPages(life, Math.min(count, cases.length));
      });
      for (const one of cases) {
        test(one.name, async () => table.add(one, await pages.run(one.host, (page) => run(page, one))));
      }
    });
  }
});

if (isFull) after(() => table.print());
