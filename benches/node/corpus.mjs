// The files that are probed: those of the checkout and, if there is one, a corpus (`MEDIAFERRY_CORPUS`).

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';

/** Where a corpus is if it is not named. */
const BESIDE_THE_CHECKOUT = join(root, '..', 'shared', 'media');

/** The paths of all files. */
export function corpus() {
  const named = process.env.MEDIAFERRY_CORPUS ?? BESIDE_THE_CHECKOUT;
  const folders = [join(root, 'tests', 'fixtures', 'media'), join(named, 'gen'), join(named, 'wild')];
  return folders.filter(existsSync).flatMap(filesIn);
}

const filesIn = (folder) =>
  readdirSync(folder)
    .filter((name) => !name.endsWith('.mjs'))
    .map((name) => join(folder, name));
