// Writes a folder for each subpath of the package, because Parcel does not read `exports` by default.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { readText, root } from '../lib/paths.mjs';
import { typedEntries } from './entries.mjs';

const subpaths = () => typedEntries().filter(([path]) => path !== '.');
const stub = (path) => join(root, path, 'package.json');

/** The paths of the files that `writeStubs()` writes. */
export const stubs = () => subpaths().map(([path]) => stub(path));

/** Writes the folders for the entries in package.json's `exports` that have types. */
export function writeStubs() {
  const { sideEffects } = JSON.parse(readText('package.json'));
  for (const [path, target] of subpaths()) {
    const [main, types] = [target.default, target.types].map((file) => posix.relative(path, file));
    const hasEffects = sideEffects.includes(target.default);
    mkdirSync(join(root, path), { recursive: true });
    writeFileSync(
      stub(path),
      `${JSON.stringify({ type: 'module', sideEffects: hasEffects, main, module: main, types }, null, 2)}\n`,
    );
  }
}
