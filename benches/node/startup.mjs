// Measures the time from the import of the package to its first result, and from a file to its first byte.

import { png } from '../../tests/e2e/fixtures.mjs';
import { call, holding } from './browser.mjs';
import { filesOf } from './files.mjs';
import { bar, barTable, table } from './report.mjs';
import { alternating, asSpread, ratio } from './statistics.mjs';

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

let places = 0;

/** Each measurement has its own page. The cache is empty for a path that was not visited before. */
async function measureImport({ isCold }, bench) {
  const contenders = [{ name: BARE, base: '/bench' }, ...bench.hashing];
  const picture = [...png(64, 64)];
  const visit = async ({ name, base }, place) => {
    const page = await bench.openPage(`/~${place}/`);
    const measure = name === BARE ? 'untilInstantiated' : 'untilProbed';
    const millis = await call(page, 'startup', measure, `/~${place}${base}`, picture);
    await page.close();
    return millis;
  };
  const nextPlace = () => {
    places += 1;
    return places;
  };
  const warm = nextPlace();
  // Browsers cache the compiled code of a script after it has been loaded a few times.
  if (!isCold) for (const contender of [...contenders, ...contenders]) await visit(contender, warm);
  return await alternating(contenders, 2 * bench.runs(), (contender) => visit(contender, isCold ? nextPlace() : warm));
}

async function measureFirstByte({ bytes, isFirst }, bench) {
  const peers = bench.peers.filter((name) => /bare XHR, 6|Uppy aws-s3/.test(name)).map((name) => ({ name }));
  const paths = filesOf(1, bytes);
  return await alternating([...peers, ...bench.builds], bench.runs(), async (contender) => {
    const page = await bench.openPage();
    const input = await holding(page, paths);
    const measure = (isFirst) =>
      call(page, 'first-byte', 'untilFirstByte', input, bench.server.storage, { ...contender, isFirst });
    const first = await measure(true);
    const millis = isFirst ? first : await measure(false);
    await page.close();
    return millis;
  });
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

/** Returns one table, or none if nothing was measured. */
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
