// Probing: a corpus of media one by one, and many pictures at once.

import { corpus } from './corpus.mjs';
import { filesOf } from './files.mjs';
import { table } from './report.mjs';
import { asSpread, median, rotated } from './statistics.mjs';

/** The kinds of media, and which contenders say something about them beside the type. */
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

/** A table of the time per file for each kind. */
async function measureCorpus(bench) {
  const page = await bench.openPage();
  const input = await bench.holding(page, corpus());
  const contenders = await contendersIn(page, bench);
  const probe = (contender) =>
    page.evaluate(
      async (input, contender) => (await import('/bench/probing.js')).measure(input, contender),
      input,
      contender,
    );
  const kinds = await page.evaluate(
    async (input, base) => (await import('/bench/probing.js')).kinds(input, base),
    input,
    bench.builds[0].base,
  );
  const runs = new Map(contenders.map(({ name }) => [name, []]));
  for (const contender of contenders) await probe(contender);
  for (let run = 0; run < bench.runs(); run += 1) {
    for (const contender of rotated(contenders, run)) runs.get(contender.name).push(await probe(contender));
  }
  await page.close();
  const head = KINDS.map((kind) => `${kind} (${kinds.filter((one) => one === kind).length} files)`);
  return table(
    ['per file', ...head],
    contenders.map(({ name }) => [name, ...KINDS.map((kind) => cell(name, kind, runs.get(name), kinds))]),
  );
}

/** The time per file, and how many of the files were recognised. */
function cell(name, kind, runs, kinds) {
  if (ONLY[name] && !ONLY[name].includes(kind)) return '';
  const ofKind = runs.map((files) => files.filter((_, at) => kinds[at] === kind));
  const perFile = ofKind.map((files) => files.reduce((sum, { millis }) => sum + millis, 0) / files.length);
  return `${median(perFile).toFixed(2)} ms, ${ofKind[0].filter(({ known }) => known).length} recognised`;
}

/** A table of the time for all files. */
async function measureAtOnce(bench) {
  const page = await bench.openPage();
  const input = await bench.holding(page, filesOf(100, 64 << 10));
  const contenders = (await contendersIn(page, bench)).filter(({ name }) => !ONLY[name]?.includes('video'));
  const probe = (contender) =>
    page.evaluate(
      async (input, contender) => (await import('/bench/probing.js')).measureAtOnce(input, contender),
      input,
      contender,
    );
  const times = new Map(contenders.map(({ name }) => [name, []]));
  for (const contender of contenders) await probe(contender);
  for (let run = 0; run < bench.runs(); run += 1) {
    for (const contender of rotated(contenders, run)) times.get(contender.name).push(await probe(contender));
  }
  await page.close();
  return table(
    ['', '100 × 64 KiB at once'],
    contenders.map(({ name }) => [name, asSpread(times.get(name))]),
  );
}

async function contendersIn(page, { builds }) {
  const peers = await page.evaluate(async () => (await import('/bench/probing.js')).peers);
  return [...peers.map((name) => ({ name })), ...builds.filter(({ options }) => !options)];
}
