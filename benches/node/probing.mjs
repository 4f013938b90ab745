// Measures probing: a corpus of media one by one, and many pictures at once.

import { call, holding } from './browser.mjs';
import { corpus } from './corpus.mjs';
import { filesOf } from './files.mjs';
import { table } from './report.mjs';
import { alternating, asSpread, median } from './statistics.mjs';

/** The kinds of media, and the contenders that report more about them than the type. */
const KINDS = ['image', 'video', 'audio'];
const ONLY = { 'image-size': ['image'], mediabunny: ['video', 'audio'] };

export const probing = {
  name: 'probe',
  title: 'Probing',
  rows: [
    { name: 'corpus', run: measureCorpus },
    { name: '100 × 64 KiB', run: measureAtOnce },
  ],
  measure: ({ run }, bench) => run(bench),
  report: (results) => [...results.values()],
};

/** Returns a table of the time per file for each kind. */
async function measureCorpus(bench) {
  const page = await bench.openPage();
  const input = await holding(page, corpus());
  const contenders = await contendersIn(page, bench);
  const kinds = await call(page, 'probing', 'kinds', input, bench.builds[0].base);
  const runs = await repeated(contenders, bench, (contender) => call(page, 'probing', 'measure', input, contender));
  await page.close();
  const head = KINDS.map((kind) => `${kind} (${kinds.filter((one) => one === kind).length} files)`);
  return table(
    ['per file', ...head],
    contenders.map(({ name }) => [name, ...KINDS.map((kind) => cell(name, kind, runs.get(name), kinds))]),
  );
}

/** Returns the time per file, and the number of recognised files. */
function cell(name, kind, runs, kinds) {
  if (ONLY[name] && !ONLY[name].includes(kind)) return '';
  const ofKind = runs.map((files) => files.filter((_, at) => kinds[at] === kind));
  const perFile = ofKind.map((files) => files.reduce((sum, { millis }) => sum + millis, 0) / files.length);
  return `${median(perFile).toFixed(2)} ms, ${ofKind[0].filter(({ known }) => known).length} recognised`;
}

/** Returns a table of the time for all files. */
async function measureAtOnce(bench) {
  const page = await bench.openPage();
  const input = await holding(page, filesOf(100, 64 << 10));
  const contenders = (await contendersIn(page, bench)).filter(({ name }) => ONLY[name]?.includes('image') ?? true);
  const times = await repeated(contenders, bench, (contender) =>
    call(page, 'probing', 'measureAtOnce', input, contender),
  );
  await page.close();
  return table(
    ['', '100 × 64 KiB at once'],
    contenders.map(({ name }) => [name, asSpread(times.get(name))]),
  );
}

async function contendersIn(page, { hashing }) {
  const peers = await call(page, 'probing', 'peers');
  return [...peers.map((name) => ({ name })), ...hashing];
}

/** The first run warms up. */
async function repeated(contenders, bench, measure) {
  for (const contender of contenders) await measure(contender);
  return await alternating(contenders, bench.runs(), measure);
}
