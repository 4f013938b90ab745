// The counts of `npm test`, from summaries that real test runners print.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countCargo, countNode } from './count.mjs';

const result = (code, stdout, stderr = '') => ({ code, stdout, stderr });
const summary = (word, passed, failed, ignored) =>
  `test result: ${word}. ${passed} passed; ${failed} failed; ${ignored} ignored; 0 measured; 0 filtered out; finished in 0.00s\n`;

test('cargo: the programs are added up', () => {
  const stdout = `running 3 tests\n\n${summary('ok', 3, 0, 0)}\nrunning 2 tests\n\n${summary('ok', 1, 0, 1)}`;
  assert.deepEqual(countCargo(result(0, stdout)), { passed: 4, failed: 0, skipped: 1 });
});

test('cargo: a crashed program counts as one failed test', () => {
  const stdout = summary('ok', 3, 0, 0) + summary('FAILED', 1, 2, 0);
  const stderr = 'error: 2 targets failed:\n    `-p mediaferry --test crash`\n    `-p mediaferry --test fails`\n';
  assert.deepEqual(countCargo(result(101, stdout, stderr)), { passed: 4, failed: 3, skipped: 0 });
});

test('cargo: what does not compile counts as one failed test', () => {
  const stderr = 'error: could not compile `mediaferry` (lib) due to 1 previous error\n';
  assert.deepEqual(countCargo(result(101, '', stderr)), { passed: 0, failed: 1, skipped: 0 });
});

test('cargo: summaries in colour are read as well', () => {
  const stdout = summary('ok', 2, 0, 0).replace('ok', '\u001b[32mok\u001b[0m');
  assert.deepEqual(countCargo(result(0, stdout)), { passed: 2, failed: 0, skipped: 0 });
});

test('cargo: a runner that was ended counts as failed although all so far passed', () => {
  assert.deepEqual(countCargo(result(124, summary('ok', 2, 0, 0))), { passed: 2, failed: 1, skipped: 0 });
});

test('node: the totals are read, and cancelled tests are failed ones', () => {
  const stdout = 'ℹ tests 6\nℹ suites 1\nℹ pass 2\nℹ fail 1\nℹ cancelled 1\nℹ skipped 1\nℹ todo 1\nℹ duration_ms 5.1\n';
  assert.deepEqual(countNode(result(1, stdout)), { passed: 2, failed: 2, skipped: 2 });
});

test('node: no totals at all count as one failed test', () => {
  assert.deepEqual(countNode(result(0, '')), { passed: 0, failed: 1, skipped: 0 });
});
