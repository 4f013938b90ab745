// The questions of the element about fixes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundled } from './bundled.mjs';

const { FixQuestions } = await bundled("export { FixQuestions } from './element/fix-questions.js';", {
  'fix-question': new URL('scripted-question.mjs', import.meta.url),
});
const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
};
const create = () => {
  const announced = [];
  const context = { labels: () => ({}), announce: (_, text) => announced.push(text) };
  return { questions: new FixQuestions(context, () => {}), announced };
};
const FILE = new File([], 'a.png');

test('a file that was added twice has two questions, one after the other', async () => {
  const { questions } = create();
  const signal = new AbortController().signal;
  const answers = ['first', 'second'].map((plan) => questions.confirm(plan, FILE, { signal }));
  await settle();
  assert.equal(questions.about(FILE).plan, 'first');
  questions.about(FILE).answer(true);
  assert.equal(await answers[0], true);
  assert.equal(questions.about(FILE).plan, 'second');
  questions.about(FILE).answer(false);
  assert.equal(await answers[1], false);
  assert.equal(questions.about(FILE), undefined);
});

test('an upload that was aborted before asks nothing, and one that is aborted asks no more', async () => {
  const { questions, announced } = create();
  await assert.rejects(questions.confirm('plan', FILE, { signal: AbortSignal.abort('enough') }), (r) => r === 'enough');
  assert.deepEqual(announced, []);
  const sending = new AbortController();
  const answer = questions.confirm('plan', FILE, { signal: sending.signal });
  await settle();
  sending.abort('stop');
  await assert.rejects(answer, (reason) => reason === 'stop');
  assert.equal(questions.about(FILE), undefined);
});
