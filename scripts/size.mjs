// `npm run size`: what a page downloads, file by file, and what each provider costs of it; it fails over a budget.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { buildWithout } from './build/wasm.mjs';
import { buildPackage } from './build.mjs';
import { dist, readText } from './lib/paths.mjs';
import { isMain, runScript } from './lib/say.mjs';
import { setup } from './setup.mjs';

const PROVIDER_BUDGET = 1_000;

// What a page loads by each entry, and how many bytes of brotli that may be.
const ENTRIES = {
  mediaferry: { files: ['core.wasm', 'index.js', 'worker.js'], budget: 60_000 },
  'mediaferry/inline': { files: ['inline-core.js', 'inline.js', 'inline-worker.js'], budget: 72_000 },
  'mediaferry/slim': { files: ['slim.js'], budget: 7_500 },
  'mediaferry/element, beside it': { files: ['element.js'], budget: 8_000 },
  'mediaferry/react, beside it': { files: ['react.js'], budget: 1_500 },
  'instead of a worker': { files: ['host.js'], budget: 4_000 },
};

/** Prints the table; true if each entry is within its budget. */
export function reportSize() {
  const results = Object.entries(ENTRIES).map(([name, { files, budget }]) => {
    const rows = files.map(measure);
    const total = rows.reduce(add, { name, raw: 0, gzip: 0, brotli: 0 });
    console.log(line(name, 'raw', 'gzip', 'brotli'));
    for (const row of [...rows, ...(files.length > 1 ? [{ ...total, name: 'together' }] : [])])
      console.log(line(`  ${row.name}`, row.raw, row.gzip, row.brotli));
    const fits = total.brotli <= budget;
    const percent = Math.round((100 * total.brotli) / budget);
    console.log(`${fits ? 'ok' : 'FAILED'}: ${percent} % of the budget of ${grouped(budget)} bytes of brotli`);
    return fits;
  });
  return !results.includes(false);
}

const add = (a, { raw, gzip, brotli }) => ({
  ...a,
  raw: a.raw + raw,
  gzip: a.gzip + gzip,
  brotli: a.brotli + brotli,
});

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
