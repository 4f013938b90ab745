// Counts tests by reading the summaries of the test runners.

import { stripVTControlCharacters } from 'node:util';

/** The result of a suite. */
export const tally = (passed = 0, failed = 0, skipped = 0) => ({ passed, failed, skipped });

/** Returns the sum of several tallies. */
export const sum = (tallies) =>
  tallies.reduce((a, b) => tally(a.passed + b.passed, a.failed + b.failed, a.skipped + b.skipped), tally());

/** Counts a check without tests of its own, by its exit code, as one test. */
export const countExit = ({ code }) => (code === 0 ? tally(1, 0) : tally(0, 1));

/** Reads the summaries of `cargo test`, one per test program; wasm-bindgen's runner writes the same. */
export function countCargo(result) {
  const text = plain(result);
  const summaries = [...text.matchAll(/^test result: (\w+)\. (\d+) passed; (\d+) failed; (\d+) ignored/gm)];
  const total = sum(summaries.map(([, , ...numbers]) => tally(...numbers.map(Number))));
  // A program that crashed prints no summary, but cargo lists it among the failed ones.
  const listed = /^error: (\d+) targets? failed:/m.exec(text)?.[1] ?? 0;
  const told = summaries.filter(([, word]) => word === 'FAILED').length;
  total.failed += Math.max(0, listed - told);
  return failedIfExited(total, result);
}

/** Reads the totals of `node --test`. */
export function countNode(result) {
  const text = plain(result);
  const number = (name) => Number(new RegExp(`^(?:ℹ|#) ${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  const total = tally(number('pass'), number('fail') + number('cancelled'), number('skipped') + number('todo'));
  return failedIfExited(total, result);
}

// A runner that could not start has no summary, and must not count as passed.
function failedIfExited(total, { code }) {
  const nothing = total.passed + total.failed + total.skipped === 0;
  return (code !== 0 && total.failed === 0) || nothing ? { ...total, failed: total.failed + 1 } : total;
}

const plain = ({ stdout, stderr }) => stripVTControlCharacters(`${stdout}\n${stderr}`);
