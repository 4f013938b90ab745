// The files that are probed: the fixtures and, if there is one, a corpus (`MEDIAFERRY_CORPUS`).

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';

/** The default folder of the corpus. */
const BESIDE_THE_CHECKOUT = join(root, '..', 'shared', 'media');

/** Returns the paths of all files. */
export function corpus() {
  const named = process.env.MEDIAFERRY_CORPUS ?? BESIDE_THE_CHECKOUT;
  const folders = [join(root, 'tests', 'fixtures', 'media'), join(named, 'gen'), join(named, 'wild')];
  return folders.filter(existsSync).flatMap(filesIn);
}

const filesIn = (folder) =>
  readdirSync(folder)
    .filter((name) => !name.endsWith('.mjs'))
    .map((name) => join(folder, name));
