// `npm run size`: prints what a page downloads, and how much of it the probe and each provider take. Fails if it exceeds a budget.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { LANGUAGES } from './build/entries.mjs';
import { buildWithout } from './build/wasm.mjs';
import { buildPackage } from './build.mjs';
import { bundled } from './compare.mjs';
import { dist, readText, root } from './lib/paths.mjs';
import { isMain, runScript } from './lib/say.mjs';
import { setup } from './setup.mjs';

const PROBE_BUDGET = 30_500;
/** What a page loads before its first call if it only imports `upload`. */
const UPLOAD_BUDGET = 6_000;
/** OneRouter takes the most, because it has two routes, polling, a list and errors of its own. */
const PROVIDER_BUDGET = 1_200;

// What a page loads, with a budget in bytes after brotli. In the second row, 12 KB are for the recovery of requests whose response
// was lost, retries that continue, and timeouts on two clocks (since 2026-11), 2 KB make small files fast, and half a
// KB rejects misspelt options and keeps where an upload continues. The code for
// multipart uploads is loaded with the first large file.
const LOADED = {
  'mediaferry, before the first call': { files: ['index.js', 'errors.js'], budget: 10_200 },
  'mediaferry, and one JPEG': {
    files: ['index.js', 'errors.js', 'client.js', 'core.wasm', 'worker.js'],
    budget: 86_700,
  },
  'mediaferry/inline': {
    files: ['inline.js', 'errors.js', 'client.js', 'inline-core.js', 'inline-worker.js'],
    budget: 96_400,
  },
  'mediaferry/slim': { files: ['slim.js', 'errors.js', 'client.js'], budget: 16_000 },
  'formats beyond PNG, JPEG, GIF and WebP, once': { files: ['formats.wasm'], budget: 26_200 },
  'mediaferry/element, beside it': { files: ['element.js'], budget: 12_000 },
  'for its attribute details': { files: ['upload-details.js'], budget: 5_000 },
  'mediaferry/react, beside it': { files: ['react.js'], budget: 1_600 },
  'mediaferry/vue, beside it': { files: ['vue.js'], budget: 1_600 },
  'mediaferry/standalone': { files: ['standalone.js'], budget: 145_000 },
  'where a file is missing, and the copy of it': { files: ['fallbacks.js'], budget: 500 },
  'for the option resume': { files: ['resume-store.js'], budget: 4_000 },
  'for the attribute resume': { files: ['interrupted.js'], budget: 2_000 },
  'for a file in parts': { files: ['parts.wasm', 'parts-worker.js'], budget: 79_000 },
  'instead of a worker': { files: ['host.js'], budget: 4_000 },
  'for fix(), plan() and privacy': { files: ['fix.wasm', 'fixer.js', 'draw-worker.js'], budget: 51_000 },
  'where no worker can draw': { files: ['draw-here.js'], budget: 1_600 },
  'of these, plans and lossless changes': { files: ['fix.wasm'], budget: 42_500 },
  'for its attribute fix': { files: ['fix-question.js'], budget: 2_000 },
  'for providers()': { files: ['providers.js'], budget: 1_000 },
  "with a page's own backend": { files: ['callbacks.js'], budget: 2_300 },
  'with a folder': { files: ['folders.js'], budget: 1_000 },
  'for listAssets()': { files: ['list-pages.js'], budget: 500 },
};

// The budget of a language, without the code that all of them share. English does not use that code, and is loaded only by name.
const LANGUAGE_BUDGET = 2_400;
const ENGLISH_BUDGET = 2_900;

/** Prints the table; returns whether each row is within its budget. */
export async function reportSize() {
  const results = Object.entries({ ...LOADED, ...languages() }).map(([name, { files, budget }]) => {
    const rows = files.map(measure);
    const total = rows.reduce((a, b) => combine('together', a, b, 1));
    console.log(line(name, ...UNITS));
    for (const row of rows.length > 1 ? [...rows, total] : rows) print(row);
    const percent = Math.round((100 * total.brotli) / budget);
    return verdict(total.brotli <= budget, `${percent} % of the budget of ${grouped(budget)} bytes of brotli`);
  });
  const script = await bundled(`export { upload } from '${dist}/index.js';`, root);
  results.push(
    verdict(
      script <= UPLOAD_BUDGET,
      `a bundle with upload() has ${grouped(script)} of ${grouped(UPLOAD_BUDGET)} bytes`,
    ),
  );
  return !results.includes(false);
}

/** Returns the rows for English and for the largest other language. */
function languages() {
  const files = LANGUAGES.map((tag) => `locale/${tag}.js`);
  const others = files.filter((file) => file !== 'locale/en.js').map(measure);
  const [largest] = others.sort((a, b) => b.brotli - a.brotli);
  return {
    'mediaferry/locale/… in the largest language': { files: [largest.name], budget: LANGUAGE_BUDGET },
    'what the languages share': { files: ['locale/translate.js'], budget: 1_700 },
    'mediaferry/locale/en': { files: ['locale/en.js'], budget: ENGLISH_BUDGET },
    'mediaferry/locale, for loadLanguage()': { files: ['locale.js'], budget: 500 },
  };
}

/** Prints how much smaller the modules are without each part; returns whether each part is within its budget. */
async function reportParts() {
  const tools = { toolchain: (await setup.wasm()).build, bindgen: await setup.bindgen() };
  const whole = measure('core.wasm');
  const without = async (...parts) => measure(await buildWithout(parts, 'core', tools));
  const fix = measure('fix.wasm');
  const cost = (name, more, less) => print(combine(name, more, less, -1)).brotli;

  console.log(line('of these are', ...UNITS));
  const probe = cost('the probe, in core.wasm', whole, await without('probe')) + print(measure('formats.wasm')).brotli;
  const probeFits = verdict(probe <= PROBE_BUDGET, `the probe has ${grouped(probe)} of ${grouped(PROBE_BUDGET)} bytes`);

  const costs = [];
  for (const id of providers()) costs.push(cost(id, whole, await without(id)));
  cost('plans, in fix.wasm', fix, measure(await buildWithout(['plan'], 'fix', tools)));
  cost('lossless changes, in fix.wasm', fix, measure(await buildWithout(['splice'], 'fix', tools)));
  // The row of OneRouter includes this code, which the next provider with a list would share.
  cost('lists of assets', await without('onerouter'), await without('library', 'onerouter'));
  const most = `a provider may cost ${grouped(PROVIDER_BUDGET)} bytes of brotli`;
  return verdict(Math.max(...costs) <= PROVIDER_BUDGET, most) && probeFits;
}

/** Returns the ids of the registered providers, in order. */
function providers() {
  const [, entries] = /^registry! \{\n([^}]+)\}/m.exec(readText('src/providers/mod.rs'));
  return [...entries.matchAll(/"(\w+)" =>/g)].map(([, id]) => id);
}

function measure(name) {
  const bytes = readFileSync(resolve(dist, name));
  const quality = {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  };
  return {
    name,
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, quality).length,
  };
}

const UNITS = ['raw', 'gzip', 'brotli'];

/** Returns a row with the sum or the difference of two rows. */
function combine(name, a, b, sign) {
  return { name, ...Object.fromEntries(UNITS.map((unit) => [unit, a[unit] + sign * b[unit]])) };
}

function print(row) {
  console.log(line(`  ${row.name}`, ...UNITS.map((unit) => row[unit])));
  return row;
}

function verdict(fits, words) {
  console.log(`${fits ? 'ok' : 'FAILED'}: ${words}`);
  return fits;
}

const grouped = (value) => value.toLocaleString('en-US');
const line = (name, ...cells) =>
  name.padEnd(44) + cells.map((cell) => (typeof cell === 'number' ? grouped(cell) : cell).padStart(10)).join('');

if (isMain(import.meta)) {
  await runScript(async () => {
    await buildPackage();
    const fits = [await reportSize(), await reportParts()];
    if (fits.includes(false)) process.exitCode = 1;
  });
}
