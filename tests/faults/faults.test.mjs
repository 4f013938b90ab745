// Every request of every provider, broken at every point, while five other uploads run: they notice nothing, and the broken
// one ends as a success with one asset, as an error that says what is so, or as unknown if its request had left.
//
// `npm test -- faults` runs the points that tell most, in Chromium. `npm run test:faults` runs all of them in three engines;
// ENGINE=firefox picks one. CASE picks cases by a part of their names, which the runs print:
//
//     CASE='relaydance · form · forwarded rst' ENGINE=chromium npm run test:faults
//
// A case is `route · request · point · host`: `routes.mjs` has the requests, `points.mjs` the points.

import { after, before, suite, test } from 'node:test';
import { lifetime } from '../e2e/lifetime.mjs';
import { startLanes } from './lanes.mjs';
import { allCases, isLong, shortCases } from './points.mjs';
import { run } from './run.mjs';
import { Table } from './table.mjs';

const isFull = process.env.FAULTS === 'all';
const { CASE = '' } = process.env;

const cases = (isFull ? allCases() : shortCases()).filter(({ name }) => name.includes(CASE));
const table = new Table();

/** As many at once as the machine has the breath for; those that mostly wait, more. */
const SUITES = [
  { title: 'a broken connection', lanes: 6, cases: cases.filter(({ point }) => !isLong(point)) },
  { title: 'a connection that stands still', lanes: 40, cases: cases.filter(({ point }) => isLong(point)) },
];

for (const { title, lanes: count, cases } of SUITES.filter(({ cases }) => cases.length)) {
  suite(title, { concurrency: count }, () => {
    const life = lifetime({ after });
    let lanes;
    before(async () => {
      lanes = await startLanes(life, Math.min(count, cases.length));
    });
    for (const one of cases) {
      test(one.name, async () => {
        const word = await lanes.with(one.host, (lane) => run(lane, one));
        table.add(one, word);
      });
    }
  });
}

if (isFull) after(() => table.print());
