// SHA-256 of several files at once and of large ones.

import { call, holding } from './browser.mjs';
import { filesOf } from './files.mjs';
import { bar, barTable, table } from './report.mjs';
import { alternating, asSpread, ratio } from './statistics.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;

/** The required rates. WebCrypto hashes smaller files; larger ones are hashed by the core as a stream. */
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

/** Returns the times of each contender. */
async function measure({ name: row, count, bytes }, bench) {
  const page = await bench.openPage();
  const input = await holding(page, filesOf(count, bytes));
  const peers = await call(page, 'hashing', 'peers');
  const contenders = [...peers.map((name) => ({ name })), ...bench.hashing];
  const hash = (contender) => call(page, 'hashing', 'measure', input, contender);
  const { digests: expected } = await hash(contenders[0]);
  // The first call compiles code.
  for (const contender of contenders) await hash(contender);
  const times = await alternating(contenders, bench.runs(bytes > 100 * MIB), async (contender) => {
    const { millis, digests } = await hash(contender);
    if (digests.join() !== expected.join()) throw new Error(`${row}: ${contender.name} has another digest`);
    return millis;
  });
  await page.close();
  return times;
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
