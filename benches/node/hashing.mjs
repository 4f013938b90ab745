// SHA-256 of several files at once and of large ones.

import { filesOf } from './files.mjs';
import { bar, barTable, table } from './report.mjs';
import { asSpread, ratio, rotated } from './statistics.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;

/** The rates to reach. WebCrypto hashes files up to its bound; above, the core reads them as a stream. */
const BESIDE_SUBTLE = { atLeast: 0.9, of: 'crypto.subtle' };
const BESIDE_HASH_WASM = { atLeast: 1.35, of: 'hash-wasm' };

export const hashing = {
  name: 'hash',
  title: 'SHA-256',
  rows: [
    { name: '100 × 64 KiB', count: 100, bytes: 64 * KIB, limit: BESIDE_SUBTLE },
    { name: '40 × 1 MiB', count: 40, bytes: MIB, limit: BESIDE_SUBTLE },
    { name: '8 MiB', count: 1, bytes: 8 * MIB, limit: BESIDE_SUBTLE },
    { name: '32 MiB', count: 1, bytes: 32 * MIB, limit: BESIDE_SUBTLE },
    { name: '64 MiB', count: 1, bytes: 64 * MIB, limit: BESIDE_HASH_WASM },
    { name: '256 MiB', count: 1, bytes: 256 * MIB, limit: BESIDE_HASH_WASM },
  ],
  measure,
  report,
};

/** Gives the times of each contender. */
async function measure({ name: row, count, bytes }, bench) {
  const page = await bench.openPage();
  const input = await bench.holding(page, filesOf(count, bytes));
  const peers = await page.evaluate(async () => (await import('/bench/hashing.js')).peers);
  const contenders = [...peers.map((name) => ({ name })), ...bench.builds.filter(({ options }) => !options)];
  const times = new Map(contenders.map(({ name }) => [name, []]));
  const hash = (contender) => page.evaluate(hashAll, input, contender);
  const { digests: expected } = await hash(contenders[0]);
  // The first time, code is compiled.
  for (const contender of contenders) await hash(contender);
  for (let run = 0; run < bench.runs(bytes > 100 * MIB); run += 1) {
    for (const contender of rotated(contenders, run)) {
      const { millis, digests } = await hash(contender);
      if (digests.join() !== expected.join()) throw new Error(`${row}: ${contender.name} has another digest`);
      times.get(contender.name).push(millis);
    }
  }
  await page.close();
  return times;
}

/** Runs in the page. */
async function hashAll(input, contender) {
  return await (await import('/bench/hashing.js')).measure(input, contender);
}

function report(results) {
  const rows = [...results];
  const [[, first]] = rows;
  const times = table(
    ['', ...rows.map(([{ name }]) => name)],
    [...first.keys()].map((name) => [name, ...rows.map(([, times]) => asSpread(times.get(name)))]),
  );
  const bars = rows.flatMap(([{ name: row, limit }, times]) =>
    [...times.keys()]
      .filter((name) => name.startsWith('mediaferry'))
      .flatMap((name) =>
        [BESIDE_SUBTLE, BESIDE_HASH_WASM].map(({ of }) =>
          bar(`${row}: rate of ${name} ÷ ${of}`, ratio(times.get(of), times.get(name)), limit.of === of ? limit : {}),
        ),
      ),
  );
  return [times, barTable(bars)];
}
