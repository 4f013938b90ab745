// Uploads of files of several sizes, over loopback and over simulated links, by all contenders in turn.

import { say } from '../../scripts/lib/say.mjs';
import { filesOf } from './files.mjs';
import { bar, barTable, table } from './report.mjs';
import { forget, received } from './server.mjs';
import { asSpread, fastest, ratio, rotated } from './statistics.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;

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

/** The most that mediaferry may take, by engine: times bare XHR's, or Uppy aws-s3's. */
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

/** Gives the times of each contender, and the longest task of the main thread. One that fails has no times. */
async function measureRow(row, bench) {
  const { count, bytes, origin, isSlow } = row;
  const { server } = bench;
  const page = await bench.openPage();
  const input = await bench.holding(page, filesOf(count, bytes));
  const small = await bench.holding(page, filesOf(1, 16 * KIB));
  const contenders = [...peersOf(row, bench.peers).map((name) => ({ name })), ...bench.builds];
  const results = new Map(contenders.map(({ name }) => [name, { times: [], task: 0 }]));
  const upload = async (input, contender) => await page.evaluate(runUpload, input, server[origin], contender);
  const able = [];
  for (const contender of contenders) {
    const { name } = contender;
    await upload(isSlow ? small : input, contender).then(
      () => able.push(contender),
      ({ message }) => say(`${name} failed: ${message}`),
    );
  }
  for (let run = 0; run < bench.runs(isSlow || row.isHuge); run += 1) {
    for (const contender of rotated(able, run)) {
      await forget(server);
      const { millis, task } = await upload(input, contender);
      const got = await received(server);
      if (got.bytes < count * bytes) throw new Error(`${contender.name}: only ${got.bytes} bytes arrived`);
      const result = results.get(contender.name);
      result.times.push(millis);
      result.task = Math.max(result.task, task);
    }
  }
  await page.close();
  return results;
}

/** Runs in the page. */
async function runUpload(input, storage, contender) {
  return await (await import('/bench/uploads.js')).measure(input, storage, contender);
}

/** With one file, how many are sent at once makes no difference. What takes minutes is measured beside few. */
function peersOf({ count, isHuge, isSlow }, peers) {
  const some = isHuge && isSlow ? peers.filter((name) => /XHR,|aws-s3/.test(name)) : peers;
  return count > 1 ? some : some.filter((name) => !name.includes('4 at once'));
}

function report(place, results, engine) {
  const rows = [...results.keys()];
  const names = [...new Set([...results.values()].flatMap((result) => [...result.keys()]))];
  const cell = (row, name) => {
    const times = results.get(row).get(name)?.times;
    return times && (times.length > 0 ? asSpread(times) : 'failed');
  };
  const times = table(
    ['', ...rows.map(({ name }) => name)],
    names.map((name) => [name, ...rows.map((row) => cell(row, name) ?? '')]),
  );
  return [times, barTable(rows.flatMap((row) => barsOf(place, row.name, results.get(row), engine)))];
}

/** Each bar of a row, and the ratios that have none. */
function barsOf(place, size, all, engine) {
  const result = new Map([...all].filter(([, { times }]) => times.length > 0));
  const others = {
    'bare XHR': fastest([...result].filter(([name]) => name.startsWith('bare XHR')).map(([, { times }]) => times)),
    'Uppy aws-s3': result.get('Uppy aws-s3')?.times,
  };
  return [...result]
    .filter(([name]) => name.startsWith('mediaferry'))
    .flatMap(([name, { times, task }]) => {
      const limit = limitOf(place, size, name, engine);
      const bars = Object.entries(others)
        .filter(([, times]) => times)
        .map(([of, other]) => bar(`${size}: ${name} ÷ ${of}`, ratio(times, other), limit?.of === of ? limit : {}));
      return [...bars, bar(`${size}: ${name}, longest task`, task, { atMost: MAX_TASK_MILLIS }, ' ms')];
    });
}

function limitOf(place, size, name, engine) {
  if (engine === 'chromium' && (place !== 'loopback' || name.includes('no checksum'))) return EVEN_WITH_XHR;
  if (place !== 'loopback') return undefined;
  return BARS[engine === 'chromium' ? engine : 'others'][size];
}
