// What `npm run bench` runs: the chosen rows of each group, one after another. It never fails because of a bar.

import { cpus } from 'node:os';
import { runScript, say } from '../scripts/lib/say.mjs';
import { lifetime } from '../tests/e2e/lifetime.mjs';
import { startBench } from './node/bench.mjs';
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
    say(`${bench.engine} ${bench.version}, ${cpus().length} cores`);
    for (const group of chosen.filter(({ rows }) => rows.length > 0)) {
      console.log(`\n${group.title}\n\n${(await resultsOf(group, bench)).join('\n\n')}`);
    }
  } finally {
    await end();
  }
});

/** `group/row`, in plain letters. */
function nameOf(group, { name }) {
  return `${group.name}/${name}`.replaceAll(' × ', 'x').replaceAll(/[ ,]/g, '');
}

function isChosen(group, row, { rows, quick }) {
  const name = nameOf(group, row);
  if (rows) return rows.some((part) => name.includes(part) && (!group.onDemand || part.startsWith(group.name)));
  return !group.onDemand && !(quick && row.isSlow);
}

/** Measures the rows of a group, and gives its tables. */
async function resultsOf(group, bench) {
  const results = new Map();
  for (const row of group.rows) {
    say(`${nameOf(group, row)} …`);
    results.set(row, await group.measure(row, bench));
  }
  return group.report(results, bench);
}
