// The options of `npm run bench`.

import { parseArgs } from 'node:util';
import { dist } from '../../scripts/lib/paths.mjs';
import { CommandError } from '../../scripts/lib/run.mjs';
import { ENGINES } from './browser.mjs';

export const HELP = `npm run bench -- [options]
  --engine chromium|firefox|webkit   the browser (chromium)
  --rows NAME,…     only rows whose name contains one of these, as \`loopback/100\` (all)
  --list            print the names of all rows
  --runs N          the number of alternating runs (5, and 3 of what is slow)
  --quick           2 runs, and none of what is slow
  --contenders NAME,…  only these peers, as \`XHR,aws-s3\` (all)
  --dist [NAME=]FOLDER another build of the package; several are compared (dist)
  --observed        keep the messages about requests that Chromium sends to a debugger; each costs about a millisecond
  --no-write        leave docs/performance.md as it is, as with --rows, --quick, --contenders and --dist`;

/** Reads the command line. */
export function readOptions(args) {
  const { values } = parse(args);
  const { engine, rows, contenders, dist: folders = [dist], quick, runs } = values;
  if (!Object.hasOwn(ENGINES, engine)) {
    throw new CommandError(`--engine is ${engine}: there are ${Object.keys(ENGINES).join(', ')}`);
  }
  if (runs !== undefined && !(Number(runs) >= 1)) throw new CommandError(`--runs must be at least 1, not ${runs}`);
  const builds = folders.map((given, at) => {
    const [, name, folder] = /^(?:([\w-]+)=)?(.*)$/.exec(given);
    return { name: name ?? (at === 0 ? '' : `build ${at + 1}`), folder };
  });
  const isPartial = Boolean(rows || contenders || values.dist || values.observed || quick);
  return {
    ...values,
    builds,
    rows: rows?.split(','),
    contenders: contenders?.split(','),
    runs: runs && Number(runs),
    isWritten: !values['no-write'] && !isPartial,
  };
}

function parse(args) {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  const options = {
    engine: { ...text, default: 'chromium' },
    rows: text,
    contenders: text,
    runs: text,
    dist: { ...text, multiple: true },
    quick: flag,
    list: flag,
    help: flag,
    observed: flag,
    'no-write': flag,
  };
  try {
    return parseArgs({ args, options });
  } catch (error) {
    throw new CommandError(`${error.message}\n${HELP}`);
  }
}
