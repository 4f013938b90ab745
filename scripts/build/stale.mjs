// Knows what has to be built again: a stamp is a hash over everything that an output was made from.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../lib/paths.mjs';

/**
 * Runs `make` unless every output is there and was made from the same inputs.
 * @param {{ stamp: string, inputs: string[], facts?: string[], outputs: string[] }} what
 *   `stamp` is the file to remember in; `inputs` are files and folders of the checkout; `facts` is what else matters.
 * @returns {Promise<boolean>} whether it was stale
 */
export async function ifStale({ stamp, inputs, facts = [], outputs }, make) {
  const now = hashOf(inputs, facts);
  if (outputs.every((path) => existsSync(path)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now)
    return false;
  await make();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, now);
  return true;
}

/** A hash over names and contents of `inputs` and over `facts`. */
export function hashOf(inputs, facts = []) {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap(filesIn))
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)));
  for (const fact of facts) hash.update('\0').update(String(fact));
  return hash.digest('hex');
}

/** The files at `path` in the checkout: itself, or all below it; none if it is not there. */
export function filesIn(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    .sort();
}
