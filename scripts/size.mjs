// `npm run size`: what a page downloads, file by file, and what each provider costs of it; it fails over budget.

import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { buildWithout } from './build/wasm.mjs';
import { buildPackage } from './build.mjs';
import { dist, readText } from './lib/paths.mjs';
import { isMain, runScript } from './lib/say.mjs';
import { setup } from './setup.mjs';

const BUDGET = 60_000;
const PROVIDER_BUDGET = 1_000;

// What every page loads; another chunk comes only where a worker cannot start.
const ALWAYS = ['core.wasm', 'index.js', 'worker.js'];

/** Prints the table; true if what a page loads is within the budget. */
export function reportSize() {
  const chunks = readdirSync(dist).filter((file) => file.endsWith('.js') && !ALWAYS.includes(file));
  const loaded = ALWAYS.map(measure);
  const total = loaded.reduce((a, b) => ({
    name: 'a page loads',
    raw: a.raw + b.raw,
    gzip: a.gzip + b.gzip,
    brotli: a.brotli + b.brotli,
  }));
  const fits = total.brotli <= BUDGET;
  console.log(line('bytes', 'raw', 'gzip', 'brotli'));
  for (const row of [...loaded, total]) console.log(line(row.name, row.raw, row.gzip, row.brotli));
  if (chunks.length) console.log('without a worker, also');
  for (const row of chunks.map(measure)) console.log(line(row.name, row.raw, row.gzip, row.brotli));
  const percent = Math.round((100 * total.brotli) / BUDGET);
  console.log(`${fits ? 'ok' : 'FAILED'}: ${percent} % of the budget of ${grouped(BUDGET)} bytes of brotli`);
  return fits;
}

/** Prints what the module loses without each provider; true if none costs more than its budget. */
async function reportProviders() {
  const [toolchain, bindgen] = [(await setup.wasm()).build, (await setup.wasmBindgen()).cli];
  const whole = measure('core.wasm');
  const costs = [];
  for (const provider of providers()) {
    const without = measure(await buildWithout(provider, { toolchain, bindgen }));
    costs.push(whole.brotli - without.brotli);
    console.log(line(provider, ...['raw', 'gzip', 'brotli'].map((unit) => whole[unit] - without[unit])));
  }
  const fits = costs.every((cost) => cost <= PROVIDER_BUDGET);
  console.log(`${fits ? 'ok' : 'FAILED'}: a provider may cost ${grouped(PROVIDER_BUDGET)} bytes of brotli`);
  return fits;
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

const grouped = (value) => value.toLocaleString('en-US');
const line = (name, ...cells) =>
  name.padEnd(28) + cells.map((cell) => (typeof cell === 'number' ? grouped(cell) : cell).padStart(10)).join('');

if (isMain(import.meta)) {
  await runScript(async () => {
    await buildPackage();
    const fits = [reportSize(), await reportProviders()];
    if (fits.includes(false)) process.exitCode = 1;
  });
}
