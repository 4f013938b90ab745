// `npm run bench`: runs the selected rows of each group, one after another. It does not fail if a limit is not met.

import { cpus } from 'node:os';
import { runScript, say } from '../scripts/lib/say.mjs';
import { lifetime } from '../tests/e2e/lifetime.mjs';
import { startBench } from './node/bench.mjs';
import { writeResults } from './node/document.mjs';
import { GROUPS } from './node/groups.mjs';
import { HELP, readOptions } from './node/options.mjs';

await runScript(async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return console.log(HELP);
  const chosen = GROUPS.map((group) => ({ ...group, rows: group.rows.filter((row) => isChosen(group, row, options)) }));
  if (options.list)
    return console.log(chosen.flatMap((group) => group.rows.map((row) => nameOf(group, row))).join('\n'));
  let end;
  const life = lifetime({
    after: (job) => {
      end = job;
    },
  });
  try {
    const bench = await startBench(life, options);
    const about = `${bench.version}, ${cpus().length} cores, ${new Date().toISOString().slice(0, 10)}`;
    console.log(about);
    for (const group of chosen.filter(({ rows }) => rows.length > 0)) {
      const results = await resultsOf(group, bench);
      if (results.size === 0) continue;
      const text = group.report(results, bench).join('\n\n');
      console.log(`\n${group.title}\n\n${text}`);
      if (options.isWritten && !group.onDemand && isWhole(group, results))
        writeResults(bench.engine, group.name, `${about}\n\n${text}`);
    }
  } finally {
    await end();
  }
});

/** Returns `group/row`, without spaces: `loopback/100x64KiB`. */
function nameOf(group, { name }) {
  const row = name
    .replaceAll(' × ', 'x')
    .replaceAll(/ (?=[KM]iB)|,/g, '')
    .replaceAll(' ', '-');
  return `${group.name}/${row}`;
}

/** Returns whether all rows of the group were measured. */
function isWhole(group, results) {
  return results.size === GROUPS.find(({ name }) => name === group.name).rows.length;
}

function isChosen(group, row, { rows, quick }) {
  const name = nameOf(group, row);
  if (rows) return rows.some((part) => name.includes(part) && (!group.onDemand || part.startsWith(group.name)));
  return !group.onDemand && !(quick && (row.isSlow || row.isHuge));
}

/** Measures the rows of a group. A row that fails is missing in the results. */
async function resultsOf(group, bench) {
  const results = new Map();
  for (const row of group.rows) {
    say(`${nameOf(group, row)} …`);
    try {
      results.set(row, await group.measure(row, bench));
    } catch (error) {
      say(`${nameOf(group, row)} failed: ${error.message}`);
    }
  }
  return results;
}
