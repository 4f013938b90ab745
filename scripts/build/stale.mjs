// Detects what has to be rebuilt. A stamp is a hash over all inputs of an output.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../lib/paths.mjs';

/**
 * Runs `make`, unless all outputs exist and were made from the same inputs.
 * @param {{ stamp: string, inputs: string[], facts?: string[], outputs: string[] }} what
 *   `stamp` is the file that stores the hash; `inputs` are files and folders of the checkout; `facts` are other inputs.
 * @returns {Promise<boolean>} whether it was stale
 */
export async function ifStale({ stamp, inputs, facts = [], outputs }, make) {
  const now = hashOf(inputs, facts);
  if (outputs.every((path) => existsSync(path)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now)
    return false;
  // A build that fails may have replaced some of the outputs.
  rmSync(stamp, { force: true });
  await make();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, now);
  return true;
}

/** Returns a hash over the names and contents of `inputs`, and over `facts`. */
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

/** Returns the files at `path` in the checkout: the file itself, or all files in the folder; none if it does not exist. */
export function filesIn(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    .sort();
}
