// A folder for each subpath of the package: Parcel reads `exports` only where it is told to, and folders always.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readText, root } from '../lib/paths.mjs';

/** Writes the folders for the entries in package.json's `exports` that have types. */
export function writeStubs() {
  const { exports, sideEffects } = JSON.parse(readText('package.json'));
  for (const [path, target] of Object.entries(exports)) {
    if (path === '.' || !target.types) continue;
    const up = '../'.repeat(path.split('/').length - 1);
    const [main, types] = [target.default, target.types].map((file) => file.replace('./', up));
    const hasEffects = sideEffects.includes(target.default);
    mkdirSync(join(root, path), { recursive: true });
    writeFileSync(
      join(root, path, 'package.json'),
      `${JSON.stringify({ type: 'module', sideEffects: hasEffects, main, module: main, types }, null, 2)}\n`,
    );
  }
}
