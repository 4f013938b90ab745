// `npm run size`: what a page downloads, file by file, what of it the probe and each provider cost; it fails over budget.

import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { buildWithout } from './build/wasm.mjs';
import { buildPackage } from './build.mjs';
import { dist, readText } from './lib/paths.mjs';
import { isMain, runScript } from './lib/say.mjs';
import { setup } from './setup.mjs';

const BUDGET = 60_000;
const PROBE_BUDGET = 30_000;
const PROVIDER_BUDGET = 1_000;

// What every page loads. Another chunk comes only where a worker cannot start, or where a page asks for the providers.
const ALWAYS = ['core.wasm', 'index.js', 'worker.js'];
// What comes with the first file that the core does not know.
const FORMATS = 'formats.wasm';

/** Prints the table; true if what a page loads is within the budget. */
export function reportSize() {
  const chunks = readdirSync(dist).filter((file) => file.endsWith('.js') && !ALWAYS.includes(file));
  const loaded = ALWAYS.map(measure);
  const total = loaded.reduce((a, b) => combine('a page loads', a, b, 1));
  console.log(line('bytes', ...UNITS));
  for (const row of [...loaded, total]) print(row);
  console.log('for formats beyond PNG, JPEG, GIF and WebP, once');
  print(measure(FORMATS));
  if (chunks.length) console.log('without a worker, or for providers()');
  for (const row of chunks.map(measure)) print(row);
  const percent = Math.round((100 * total.brotli) / BUDGET);
  return verdict(total.brotli <= BUDGET, `${percent} % of the budget of ${grouped(BUDGET)} bytes of brotli`);
}

/** Prints what the modules lose without their parts; true if none costs more than its budget. */
async function reportParts() {
  const tools = { toolchain: (await setup.wasm()).build, bindgen: (await setup.wasmBindgen()).cli };
  const whole = measure('core.wasm');
  const without = async (...parts) => measure(await buildWithout(parts, 'core', tools));
  const cost = (name, more, less) => print(combine(name, more, less, -1)).brotli;

  console.log(line('of these are', ...UNITS));
  const probe = cost('the probe, in core.wasm', whole, await without('probe')) + print(measure(FORMATS)).brotli;
  const probeFits = verdict(probe <= PROBE_BUDGET, `the probe has ${grouped(probe)} of ${grouped(PROBE_BUDGET)} bytes`);

  // Only OneRouter has a library so far; what the next one will share with it is not OneRouter's own.
  const bare = await without('library');
  cost('list and delete', whole, bare);
  const costs = [];
  for (const id of providers()) costs.push(cost(id, bare, await without('library', id)));
  const most = `a provider may cost ${grouped(PROVIDER_BUDGET)} bytes of brotli`;
  return verdict(Math.max(...costs) <= PROVIDER_BUDGET, most) && probeFits;
}

/** The registered providers' ids, in their order. */
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

/** A row of one thing and another together, or without it. */
function combine(name, a, b, sign) {
  return { name, ...Object.fromEntries(UNITS.map((unit) => [unit, a[unit] + sign * b[unit]])) };
}

function print(row) {
  console.log(line(row.name, ...UNITS.map((unit) => row[unit])));
  return row;
}

function verdict(fits, words) {
  console.log(`${fits ? 'ok' : 'FAILED'}: ${words}`);
  return fits;
}

const grouped = (value) => value.toLocaleString('en-US');
const line = (name, ...cells) =>
  name.padEnd(28) + cells.map((cell) => (typeof cell === 'number' ? grouped(cell) : cell).padStart(10)).join('');

if (isMain(import.meta)) {
  await runScript(async () => {
    await buildPackage();
    const fits = [reportSize(), await reportParts()];
    if (fits.includes(false)) process.exitCode = 1;
  });
}
