// The package's type declarations: tsc writes one for each module, and those that no entry refers to are omitted.

import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dist, generated, notes, root } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { typedEntries } from './entries.mjs';

const REFERENCE = /\bfrom '(\.[^']+)\.js'|\bimport\('(\.[^']+)\.js'\)/g;

/** Writes dist/**\/*.d.ts, and returns the names of the files. */
export async function writeDeclarations() {
  const whole = join(notes, 'declarations');
  rmSync(whole, { recursive: true, force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await must([process.execPath, tsc, '--emitDeclarationOnly', '--outDir', whole]);
  // tsc does not copy declarations that it did not generate.
  mkdirSync(join(whole, 'generated'), { recursive: true });
  for (const name of ['core.d.ts', 'fix.d.ts']) copyFileSync(join(generated, name), join(whole, 'generated', name));
  const needed = reachable(whole, entries());
  for (const file of needed) {
    mkdirSync(dirname(join(dist, file)), { recursive: true });
    copyFileSync(join(whole, file), join(dist, file));
  }
  return needed;
}

/** The declarations that package.json names. */
function entries() {
  return typedEntries().map(([, { types }]) => types.replace('./dist/', ''));
}

function reachable(folder, files) {
  const found = new Set(files);
  for (const file of found) {
    for (const [, from, type] of readFileSync(join(folder, file), 'utf8').matchAll(REFERENCE))
      found.add(join(dirname(file), `${from ?? type}.d.ts`));
  }
  return [...found];
}
