// The longest task of the main thread with 10,000 files.

import { call } from './browser.mjs';
import { bar, barTable } from './report.mjs';
import { alternating, asMillis, median } from './statistics.mjs';

const FILES = 10_000;
const MAX_TASK_MILLIS = 50;

export const crowd = {
  name: 'tasks',
  title: 'The longest task of the main thread with 10,000 files',
  rows: [
    { name: 'queue', what: 'queue' },
    { name: 'element', what: 'element' },
  ],
  measure,
  report,
};

/** Returns the results of the runs of each build. Each run has its own page. */
async function measure({ what }, bench) {
  return await alternating(bench.hashing, bench.runs(true), async (build) => {
    const page = await bench.openPage();
    const steps = await call(page, 'crowd', 'measure', what, bench.server.storage, build, FILES);
    await page.close();
    return steps;
  });
}

function report(results) {
  const bars = [...results].flatMap(([{ what }, builds]) =>
    [...builds].flatMap(([name, runs]) =>
      Object.keys(runs[0]).map((step) => {
        const longest = median(runs.map((steps) => steps[step].task));
        const whole = asMillis(median(runs.map((steps) => steps[step].millis)));
        return bar(`${name}, ${what}: ${step} (${whole} in all)`, longest, { atMost: MAX_TASK_MILLIS }, ' ms');
      }),
    ),
  );
  return [barTable(bars)];
}
