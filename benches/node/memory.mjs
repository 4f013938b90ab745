// Measures how much memory the browser needs for an upload: all its processes together, as reported by Linux.

import { setTimeout as sleep } from 'node:timers/promises';
import { lifetime } from '../../tests/e2e/lifetime.mjs';
import { call, holding, openPage, startEngine } from './browser.mjs';
import { filesOf } from './files.mjs';
import { bytesOfDescendants } from './processes.mjs';
import { bar, barTable, table } from './report.mjs';
import { alternating, asMebibytes, median } from './statistics.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;
const MAX_MIB = 64;

const EVERY_MILLIS = 25;
/** After this time, the memory of a new browser no longer grows. */
const SETTLE_MILLIS = 2_000;

const QUEUED = ['bare XHR, 6 at once', 'Uppy aws-s3'];

export const memory = {
  name: 'memory',
  title: 'Growth of memory',
  rows: [
    { name: '1 × 64 MiB', count: 1, bytes: 64 * MIB, peers: QUEUED },
    { name: '1 × 512 MiB', count: 1, bytes: 512 * MIB, peers: QUEUED },
    { name: '1,000 × 16 KiB', count: 1000, bytes: 16 * KIB, peers: QUEUED },
    { name: '1,000 × 256 KiB at once', count: 1000, bytes: 256 * KIB, peers: ['bare XHR, all at once'], atOnce: true },
  ],
  measure,
  report,
};

/** Returns the growth for each contender, by run. */
async function measure({ count, bytes, peers, atOnce }, bench) {
  const contenders = [...peers.map((name) => ({ name })), ...bench.hashing.map((build) => ({ ...build, atOnce }))];
  const paths = filesOf(count, bytes);
  return await alternating(contenders, bench.runs(true), (contender) => growthOf(contender, paths, bench));
}

/** Each measurement has its own browser, because a browser does not return all memory after an upload. */
async function growthOf(contender, paths, { engine, server }) {
  let end;
  const life = lifetime({
    after: (job) => {
      end = job;
    },
  });
  try {
    const page = await openPage(await startEngine(life, engine), server.page);
    const upload = async (paths) =>
      await call(page, 'uploads', 'measure', await holding(page, paths), server.storage, contender);
    // Loads the code of the contender before the measurement.
    await upload([...filesOf(2, 16 * KIB), ...filesOf(1, 8 * MIB)]);
    await sleep(SETTLE_MILLIS);
    const before = bytesOfDescendants([server.pid]);
    let most = before;
    const timer = setInterval(() => {
      most = Math.max(most, bytesOfDescendants([server.pid]));
    }, EVERY_MILLIS);
    await upload(paths);
    clearInterval(timer);
    return most - before;
  } finally {
    await end();
  }
}

function report(results) {
  const rows = [...results];
  const names = [...new Set(rows.flatMap(([, growth]) => [...growth.keys()]))];
  const cell = (growth) => {
    if (!growth) return '';
    return `${asMebibytes(median(growth))} (${asMebibytes(Math.min(...growth))}–${asMebibytes(Math.max(...growth))})`;
  };
  const all = table(
    ['', ...rows.map(([{ name }]) => name)],
    names.map((name) => [name, ...rows.map(([, growth]) => cell(growth.get(name)))]),
  );
  const bars = rows.flatMap(([{ name: row }, growth]) =>
    [...growth]
      .filter(([name]) => name.startsWith('mediaferry'))
      .map(([name, bytes]) => bar(`${row}: ${name}`, median(bytes) / MIB, { atMost: MAX_MIB }, ' MiB')),
  );
  return [all, barTable(bars)];
}
