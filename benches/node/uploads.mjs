// Measures uploads of files of several sizes, over loopback and over simulated links, by all contenders in turn.

import { say } from '../../scripts/lib/say.mjs';
import { call, holding } from './browser.mjs';
import { filesOf } from './files.mjs';
import { bar, barTable, table } from './report.mjs';
import { forget, received } from './server.mjs';
import { alternating, asSpread, fastest, median, ratio } from './statistics.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;

/** The size from which files are sent in parts. */
const PARTS_BYTES = 64 * MIB;

const SIZES = [
  { name: '1 × 64 MiB', count: 1, bytes: 64 * MIB },
  { name: '1 × 512 MiB', count: 1, bytes: 512 * MIB, isHuge: true },
  { name: '40 × 1 MiB', count: 40, bytes: MIB },
  { name: '100 × 64 KiB', count: 100, bytes: 64 * KIB },
  { name: '1,000 × 16 KiB', count: 1000, bytes: 16 * KIB },
];

const ORIGINS = {
  loopback: { origin: 'storage', title: 'Over loopback' },
  link: { origin: 'link', title: 'Over a link of 100 Mbit/s and 40 ms' },
  capped: { origin: 'capped', title: 'Over that link with 20 Mbit/s for each connection', onDemand: true },
};

/** The maximum time of mediaferry by engine, as a multiple of the time of bare XHR or of Uppy aws-s3. */
const BARS = {
  chromium: {
    '1 × 64 MiB': { atMost: 1.5, of: 'bare XHR' },
    '40 × 1 MiB': { atMost: 1.2, of: 'Uppy aws-s3' },
    '100 × 64 KiB': { atMost: 1, of: 'Uppy aws-s3' },
    '1,000 × 16 KiB': { atMost: 0.95, of: 'Uppy aws-s3' },
  },
  others: {
    '1 × 64 MiB': { atMost: 1.5, of: 'Uppy aws-s3' },
    '40 × 1 MiB': { atMost: 1.3, of: 'Uppy aws-s3' },
    '100 × 64 KiB': { atMost: 1.2, of: 'Uppy aws-s3' },
  },
};
const EVEN_WITH_XHR = { atMost: 1.03, of: 'bare XHR' };
const MAX_TASK_MILLIS = 50;

/** One group for each origin. */
export const uploadGroups = Object.entries(ORIGINS).map(([name, { origin, title, onDemand }]) => ({
  name,
  title,
  onDemand,
  rows: SIZES.map((size) => ({ ...size, origin, isSlow: name !== 'loopback' })),
  measure: measureRow,
  report: (results, { engine }) => report(name, results, engine),
}));

/** Returns the milliseconds and the longest task of each run, for each contender; none for a contender that fails. */
async function measureRow(row, bench) {
  const { count, bytes, origin, isSlow, isHuge } = row;
  const { server } = bench;
  const page = await bench.openPage();
  const input = await holding(page, filesOf(count, bytes));
  const small = await holding(page, filesOf(1, 16 * KIB));
  // Smaller files are sent in one request.
  const builds = bytes < PARTS_BYTES ? bench.builds : [...bench.builds, ...bench.inParts];
  const contenders = [...peersOf(row, bench.peers).map((name) => ({ name })), ...builds];
  const upload = async (input, contender) => {
    try {
      return await call(page, 'uploads', 'measure', input, server[origin], contender);
    } catch (error) {
      throw new Error(`${contender.name}: ${error.message}`, { cause: error });
    }
  };
  const able = [];
  for (const contender of contenders) {
    await upload(isSlow ? small : input, contender).then(
      () => able.push(contender),
      ({ message }) => say(`failed: ${message}`),
    );
  }
  const results = await alternating(able, bench.runs(isSlow || isHuge), async (contender) => {
    await forget(server);
    const result = await upload(input, contender);
    const got = await received(server);
    if (got.bytes < count * bytes) throw new Error(`${contender.name}: only ${got.bytes} bytes arrived`);
    return result;
  });
  await page.close();
  return new Map(contenders.map(({ name }) => [name, results.get(name) ?? []]));
}

/**
 * Returns the peers for a row. With one file, the number of concurrent requests makes no difference. Rows that take minutes have
 * only few peers. Smaller files are not sent in parts, and over a link the hash of a part takes no extra time.
 */
function peersOf({ count, bytes, isHuge, isSlow }, peers) {
  const some = isHuge && isSlow ? peers.filter((name) => /XHR,|aws-s3/.test(name)) : peers;
  const isInParts = bytes >= PARTS_BYTES && !isSlow;
  return some.filter((name) => (name.startsWith('bare parts') ? isInParts : count > 1 || !name.includes('4 at once')));
}

function report(place, results, engine) {
  const rows = [...results.keys()];
  const names = [...new Set([...results.values()].flatMap((result) => [...result.keys()]))];
  const cell = (runs) => runs && (runs.length > 0 ? asSpread(timesOf(runs)) : 'failed');
  const times = table(
    ['', ...rows.map(({ name }) => name)],
    names.map((name) => [name, ...rows.map((row) => cell(results.get(row).get(name)) ?? '')]),
  );
  return [times, barTable(rows.flatMap((row) => barsOf(place, row.name, results.get(row), engine)))];
}

const timesOf = (runs) => runs.map(({ millis }) => millis);

/** Returns the ratios of a row, with their limits if they have one. */
function barsOf(place, size, result, engine) {
  const able = [...result].filter(([, runs]) => runs.length > 0);
  const peers = (start) => able.filter(([name]) => name.startsWith(start)).map(([, runs]) => timesOf(runs));
  const others = [
    ['bare XHR', fastest(peers('bare XHR'))],
    ['Uppy aws-s3', fastest(peers('Uppy aws-s3'))],
    ['bare parts', fastest(peers('bare parts'))],
  ].filter(([, times]) => times);
  return able
    .filter(([name]) => name.startsWith('mediaferry'))
    .flatMap(([name, runs]) => {
      const limit = limitOf(place, size, name, engine);
      const isFair = (of) => of !== 'bare parts' || name.includes('in parts');
      const ratios = others
        .filter(([of]) => isFair(of))
        .map(([of, times]) =>
          bar(`${size}: ${name} ÷ ${of}`, ratio(timesOf(runs), times), limit?.of === of ? limit : {}),
        );
      const longest = median(runs.map(({ task }) => task));
      return [...ratios, bar(`${size}: ${name}, longest task`, longest, { atMost: MAX_TASK_MILLIS }, ' ms')];
    });
}

function limitOf(place, size, name, engine) {
  if (engine === 'chromium' && (place !== 'loopback' || name.includes('no checksum'))) return EVEN_WITH_XHR;
  if (place !== 'loopback') return undefined;
  return BARS[engine === 'chromium' ? engine : 'others'][size];
}
