// `npm run bench:gateway`: forms through the gateway, paired with a previous build, and what identity and limits cost.

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { median } from '../report.mjs';
import { startIssuer } from './identity.mjs';
import { startGateway, startLoad } from './programs.mjs';

const SIZES = [
  { name: '1 KiB', bytes: 1 << 10, requests: { 1: 2000, 50: 10_000, 200: 10_000 } },
  { name: '1 MiB', bytes: 1 << 20, requests: { 1: 200, 50: 600, 200: 600 } },
  { name: '50 MB', bytes: 50_000_000, requests: { 1: 6, 50: 50, 200: 200 } },
];
const CLIENTS = [1, 50, 200];
/** Clients that pause, because the latency of an overloaded gateway depends only on its load. */
const TICKETS = [
  { clients: 1, pause: 0, requests: 1000, name: 'one after another' },
  { clients: 50, pause: 100, requests: 1000, name: '500 per second' },
  { clients: 200, pause: 200, requests: 2000, name: '1,000 per second' },
];
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
/** Short rounds, of which the least disturbed one counts: other programs delay requests more than the gateway does. */
const TICKET_ROUNDS = 5 * ROUNDS;
const BARS = { ticketMillis: 2, mebibytes: 200 };
const PAGE = join(root, 'docs/gateway-performance.md');

/** Runs the sides in turn, the other one first in every second round. Resolves with each side's results. */
async function alternate(sides, rounds = ROUNDS) {
  const results = sides.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    const order = sides.map((_, at) => at);
    for (const at of round % 2 ? order.reverse() : order) results[at].push(await sides[at]());
  }
  return results;
}

const middle = (results, name) => median(results.map((result) => result[name]));
const millis = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(0));
const times = (results) => `${millis(middle(results, 'p50'))} / ${millis(middle(results, 'p99'))}`;

async function forms(load, builds) {
  const gateways = [];
  for (const build of builds) gateways.push(await startGateway(build, load));
  const rows = [];
  for (const { name, bytes, requests } of SIZES)
    for (const clients of CLIENTS) {
      const count = requests[clients];
      const sides = gateways.map(
        ({ address }) =>
          () =>
            load.run('form', address, bytes, clients, count),
      );
      const results = await alternate(sides);
      const rates = results.map((result) => count / middle(result, 'seconds'));
      const shown = results.map((result, at) => {
        const rate = bytes < 1 << 20 ? `${rates[at].toFixed(0)}/s` : `${((rates[at] * bytes) / 1e6).toFixed(0)} MB/s`;
        return `${rate}, ${times(result)} ms`;
      });
      rows.push([name, clients, ...shown, `${(rates[1] / rates[0]).toFixed(2)}×`]);
      console.log(rows.at(-1).join('  '));
    }
  for (const gateway of gateways) await gateway.stop();
  return rows;
}

async function tickets(load, build) {
  const issuer = await startIssuer();
  const plain = await startGateway(build, load);
  const guarded = await startGateway(build, load, issuer.variables);
  const rows = [];
  for (const { clients, pause, requests, name } of TICKETS) {
    const sides = [
      () => load.run('ticket', plain.address, pause, clients, requests),
      () => load.run('ticket', guarded.address, pause, clients, requests, issuer.token),
    ];
    const results = await alternate(sides, TICKET_ROUNDS);
    const [without, within] = results.map((side) =>
      side.reduce((best, round) => (round.p99 < best.p99 ? round : best)),
    );
    const above = within.p99 - without.p99;
    rows.push([
      `${clients}, ${name}`,
      `${times([without])} ms`,
      `${times([within])} ms`,
      `${above.toFixed(2)} ms`,
      verdict(above, BARS.ticketMillis),
    ]);
    console.log(rows.at(-1).join('  '));
  }
  for (const { stop } of [plain, guarded, issuer]) await stop();
  return rows;
}

async function memory(load, builds) {
  const peaks = [];
  for (const build of builds) {
    const gateway = await startGateway(build, load);
    await load.run('form', gateway.address, 50_000_000, 200, 200);
    peaks.push(gateway.peakMebibytes());
    await gateway.stop();
  }
  console.log(`peak memory: ${peaks.map((peak) => peak.toFixed(0)).join(', ')} MiB`);
  return peaks;
}

const verdict = (value, bar) => (value <= bar ? 'ok' : 'MISSED');
const table = (head, rows) =>
  [head, head.map((_, at) => (at ? '--:' : '---')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function page({ previous, formRows, ticketRows, peaks }) {
  const [, peak] = peaks;
  return `# Performance of the gateway

Written by \`npm run bench:gateway\`. The gateway, the clients and the provider share one machine, here with ${cpus().length} cores, so the
figures are for comparisons: both builds run in turn, and each cell is the median of ${ROUNDS} rounds.

## Forms

Forms with a file, through the gateway to a provider that reads them and responds at once: throughput, and the 50th and 99th
percentile of the time of one request. The previous build is \`${previous}\`.

${table(['file', 'clients', 'previous build', 'this build', 'throughput'], formRows)}

Peak memory (RSS) with 200 clients that send 50 MB each: ${peak.toFixed(0)} MiB, ${verdict(peak, BARS.mebibytes)} (at most ${BARS.mebibytes} MiB); the previous build:
${peaks[0].toFixed(0)} MiB.

## Tickets

The 50th and 99th percentile of the time of one request to \`/staging\`, without identity, and with a JWT (RS256, JWKS) and limits in
process. Each cell is the best of ${TICKET_ROUNDS} short rounds, which run in turn. The 99th percentile must be at most ${BARS.ticketMillis} ms higher.

${table(['clients', 'without', 'with identity and limits', 'difference', ''], ticketRows)}
`;
}

const { BENCH_LOAD, BENCH_PREVIOUS, BENCH_PREVIOUS_NAME, BENCH_CURRENT, BENCH_PREVIOUS_SANDBOX } = process.env;
const builds = [
  { program: BENCH_PREVIOUS, hasSandbox: BENCH_PREVIOUS_SANDBOX === 'true' },
  { program: BENCH_CURRENT, hasSandbox: false },
];
const load = await startLoad(BENCH_LOAD);
try {
  const formRows = await forms(load, builds);
  const ticketRows = await tickets(load, builds[1]);
  const peaks = await memory(load, builds);
  writeFileSync(PAGE, page({ previous: BENCH_PREVIOUS_NAME, formRows, ticketRows, peaks }));
  console.log(`\nwrote ${PAGE}`);
} finally {
  load.stop();
}
