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
  const context = { labels: () => ({ unnamed: 'Pasted file' }), announce: (_, text) => announced.push(text) };
  return { questions: new FixQuestions(context, () => {}), announced };
};
const plan = (text, ...reasons) => ({ text, steps: reasons.map((reason) => ({ reason })) });
const FIRST = plan('first', 'format');
const FILE = new File([], 'a.png');

test('a file that was added twice has two questions, one after the other', async () => {
  const { questions } = create();
  const signal = new AbortController().signal;
  const SECOND = plan('second', 'format');
  const answers = [FIRST, SECOND].map((plan) => questions.confirm(plan, FILE, { signal }));
  await settle();
  const shown = () => questions.about(FILE).show({});
  assert.equal(shown().plan, FIRST);
  shown().answer(true);
  assert.equal(await answers[0], true);
  assert.equal(shown().plan, SECOND);
  shown().answer(false);
  assert.equal(await answers[1], false);
  assert.equal(questions.about(FILE), undefined);
});

test('an upload that was aborted before asks nothing, and one that is aborted asks no more', async () => {
  const { questions, announced } = create();
  await assert.rejects(questions.confirm(FIRST, FILE, { signal: AbortSignal.abort('enough') }), (r) => r === 'enough');
  assert.deepEqual(announced, []);
  const sending = new AbortController();
  const answer = questions.confirm(FIRST, FILE, { signal: sending.signal });
  await settle();
  sending.abort('stop');
  await assert.rejects(answer, (reason) => reason === 'stop');
  assert.equal(questions.about(FILE), undefined);
});

test('a question is announced with the name of its file', async () => {
  const { questions, announced } = create();
  const { signal } = new AbortController();
  const unnamed = new Blob();
  for (const source of [FILE, unnamed]) void questions.confirm(FIRST, source, { signal });
  await settle();
  assert.deepEqual(announced, ['a.png: first?', 'Pasted file: first?']);
  const named = [FILE, unnamed].map((source) => questions.about(source).show({ unnamed: 'Clip' }).name);
  assert.deepEqual(named, ['a.png', 'Clip']);
});

test('nobody is asked about a plan that only removes what `privacy` names', async () => {
  const { questions, announced } = create();
  const { signal } = new AbortController();
  assert.equal(await questions.confirm(plan('strip', 'privacy'), FILE, { signal }), true);
  assert.deepEqual(announced, []);
  void questions.confirm(plan('convert and strip', 'format', 'privacy'), FILE, { signal });
  await settle();
  assert.deepEqual(announced, ['a.png: convert and strip?']);
});
