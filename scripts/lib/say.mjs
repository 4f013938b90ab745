// The output of the scripts.

import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Prints a line about progress. */
export const say = (text) => process.stdout.write(`mediaferry: ${text}\n`);

/** Redirects all further output to stderr; returns a function that still prints to stdout, for other programs to read. */
export function printsToStderr() {
  const print = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return print;
}

/** Returns whether Node was started with this script, and did not import it. */
export const isMain = (meta) => Boolean(process.argv[1]) && realpathSync(process.argv[1]) === fileURLToPath(meta.url);

/** Runs a script's `main`; prints a `CommandError` as one line, and sets exit code 1. */
export async function runScript(main) {
  try {
    await main();
  } catch (error) {
    if (error.name !== 'CommandError') throw error;
    process.stderr.write(`mediaferry: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/** Returns the time since `start` (from `performance.now()`) as text. */
export const took = (start) => `${((performance.now() - start) / 1000).toFixed(1)} s`;
