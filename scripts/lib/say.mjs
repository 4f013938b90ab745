// What the scripts tell the person at the screen.

import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One line about something that is being done. */
export const say = (text) => process.stdout.write(`mediaferry: ${text}\n`);

/** Sends all that is printed from now on to stderr; gives a function that still prints to stdout, for a program to read. */
export function printsToStderr() {
  const print = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return print;
}

/** True in the script that Node was started with, false where it is imported. */
export const isMain = (meta) => Boolean(process.argv[1]) && realpathSync(process.argv[1]) === fileURLToPath(meta.url);

/** Runs a script's `main`; what it throws becomes one plain line and exit code 1. */
export async function runScript(main) {
  try {
    await main();
  } catch (error) {
    if (error.name !== 'CommandError') throw error;
    process.stderr.write(`mediaferry: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/** How long since `start` (from `performance.now()`), as words. */
export const took = (start) => `${((performance.now() - start) / 1000).toFixed(1)} s`;
