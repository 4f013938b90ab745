// The time until the package has done something: after its import, and after a file is there.

import { png } from '../../tests/e2e/fixtures.mjs';
import { filesOf } from './files.mjs';
import { bar, barTable, table } from './report.mjs';
import { asSpread, ratio, rotated } from './statistics.mjs';

const BARE = 'a worker with 50 KB of wasm';
const MAX_RATIO = 1.5;

export const startup = {
  name: 'startup',
  title: 'Startup',
  rows: [
    { name: 'import to first probe, cold cache', run: measureImport, isCold: true },
    { name: 'import to first probe, warm cache', run: measureImport },
    { name: '64 KiB to first byte, core not loaded', run: measureFirstByte, bytes: 64 << 10, isFirst: true },
    { name: '64 KiB to first byte', run: measureFirstByte, bytes: 64 << 10 },
    { name: '64 MiB to first byte', run: measureFirstByte, bytes: 64 << 20 },
  ],
  measure: (row, bench) => row.run(row, bench),
  report,
};

let visits = 0;

/** Each measurement is a page of its own. A path that was not visited before has nothing in the cache. */
async function measureImport({ isCold }, bench) {
  const builds = bench.builds.filter(({ options }) => !options);
  const contenders = [{ name: BARE, base: '/bench' }, ...builds];
  const times = new Map(contenders.map(({ name }) => [name, []]));
  const picture = [...png(64, 64)];
  visits += 1;
  let place = visits;
  const visit = async ({ name, base }) => {
    const page = await bench.openPage(`/~${place}/`);
    const call = name === BARE ? 'untilInstantiated' : 'untilProbed';
    const millis = await page.evaluate(runStartup, call, `/~${place}${base}`, picture);
    await page.close();
    return millis;
  };
  // Browsers keep the code of a script that has been loaded some times.
  if (!isCold) for (const contender of [...contenders, ...contenders]) await visit(contender);
  for (let run = 0; run < 2 * bench.runs(); run += 1) {
    if (isCold) {
      visits += 1;
      place = visits;
    }
    for (const contender of rotated(contenders, run)) times.get(contender.name).push(await visit(contender));
  }
  return times;
}

/** Runs in the page. */
async function runStartup(call, ...args) {
  return await (await import('/bench/startup.js'))[call](...args);
}

/** Runs in the page. */
async function runFirstByte(...args) {
  return await (await import('/bench/first-byte.js')).untilFirstByte(...args);
}

async function measureFirstByte({ bytes, isFirst }, bench) {
  const peers = bench.peers.filter((name) => /bare XHR, 6|Uppy aws-s3/.test(name)).map((name) => ({ name }));
  const contenders = [...peers, ...bench.builds];
  const times = new Map(contenders.map(({ name }) => [name, []]));
  const paths = filesOf(1, bytes);
  for (let run = 0; run < bench.runs(); run += 1) {
    for (const contender of rotated(contenders, run)) {
      const page = await bench.openPage();
      const input = await bench.holding(page, paths);
      const measure = (isFirst) => page.evaluate(runFirstByte, input, bench.server.storage, { ...contender, isFirst });
      const first = await measure(true);
      times.get(contender.name).push(isFirst ? first : await measure(false));
      await page.close();
    }
  }
  return times;
}

function report(results) {
  const rows = [...results];
  const tables = [isOfImport, isOfFirstByte].flatMap((kind) => timesOf(rows.filter(([row]) => kind(row))));
  const bars = rows
    .filter(([row]) => isOfImport(row))
    .flatMap(([{ name }, times]) =>
      [...times.keys()]
        .filter((contender) => contender !== BARE)
        .map((contender) =>
          bar(`${name}: ${contender} ÷ ${BARE}`, ratio(times.get(contender), times.get(BARE)), { atMost: MAX_RATIO }),
        ),
    );
  return bars.length > 0 ? [...tables, barTable(bars)] : tables;
}

const isOfImport = ({ run }) => run === measureImport;
const isOfFirstByte = ({ run }) => run === measureFirstByte;

/** One table, or none if nothing of it was measured. */
function timesOf(rows) {
  if (rows.length === 0) return [];
  const names = [...rows[0][1].keys()];
  return [
    table(
      ['', ...rows.map(([{ name }]) => name)],
      names.map((name) => [name, ...rows.map(([, times]) => asSpread(times.get(name)))]),
    ),
  ];
}
