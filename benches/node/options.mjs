// The options of `npm run bench`.

import { parseArgs } from 'node:util';
import { dist } from '../../scripts/lib/paths.mjs';
import { CommandError } from '../../scripts/lib/run.mjs';
import { ENGINES } from './browser.mjs';

export const HELP = `npm run bench -- [options]
  --engine NAME        chromium (default), firefox or webkit
  --rows NAME,…        only rows whose name contains one of these, for example loopback/100
  --list               print the names of the rows
  --runs N             the number of alternating runs; 5 by default, and 3 of what is slow
  --quick              2 runs, and nothing that is slow
  --contenders NAME,…  only these peers in uploads, for example XHR,aws-s3
  --dist [NAME=]FOLDER measure this build of the package; several are compared with each other
  --observed           keep Chromium's messages to a debugger, which cost about a millisecond per request
  --write              update docs/performance.md: by default after a run without options but --engine`;

/** Reads the command line. */
export function readOptions(args) {
  const { values } = parse(args);
  const { engine, rows, contenders, dist: folders = [dist], quick, runs } = values;
  if (!Object.hasOwn(ENGINES, engine)) {
    throw new CommandError(`--engine is ${engine}, but must be one of ${Object.keys(ENGINES).join(', ')}`);
  }
  if (runs !== undefined && !(Number(runs) >= 1)) throw new CommandError(`--runs must be at least 1, not ${runs}`);
  const builds = folders.map((given, at) => {
    const [, name, folder] = /^(?:([\w-]+)=)?(.*)$/.exec(given);
    return { name: name ?? (at === 0 ? '' : `build ${at + 1}`), folder };
  });
  const isWhole = !(rows || contenders || values.dist || values.observed || quick || runs);
  return {
    ...values,
    builds,
    rows: rows?.split(','),
    contenders: contenders?.split(','),
    runs: runs && Number(runs),
    isWritten: values.write || isWhole,
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
    write: flag,
  };
  try {
    return parseArgs({ args, options });
  } catch (error) {
    throw new CommandError(`${error.message}\n${HELP}`);
  }
}
