// `npm test`: runs all suites except those on demand, or the named ones (`npm test -- native e2e`), and prints the totals.

import { CommandError } from './lib/run.mjs';
import { runScript, took } from './lib/say.mjs';
import { sum, tally } from './test/count.mjs';
import { suites } from './test/suites.mjs';

await runScript(async () => {
  const results = [];
  for (const suite of chosen(process.argv.slice(2))) {
    console.log(`\n── ${suite.name}: ${suite.title} ──`);
    const start = performance.now();
    const result = await outcome(suite);
    results.push(result);
    console.log(`── ${suite.name}: ${words(result)} in ${took(start)}`);
  }
  const total = sum(results);
  process.exitCode = total.failed ? 1 : 0;
  console.log(`\n${words(total)}`);
});

function chosen(names) {
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length) {
    const known = suites.map(({ name }) => name).join(', ');
    throw new CommandError(`unknown suite: ${unknown.join(', ')}. The suites are ${known}.`);
  }
  return suites.filter(({ name, onDemand }) => (names.length ? names.includes(name) : !onDemand));
}

// A suite that cannot start counts as one failed test, and the next suite still runs.
async function outcome({ needs, run }) {
  try {
    for (const need of needs) await need();
    return await run();
  } catch (error) {
    console.log(`FAILED: ${error instanceof CommandError ? error.message : error.stack}`);
    return tally(0, 1);
  }
}

function words({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}
