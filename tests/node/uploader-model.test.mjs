// The queue against a simple model: ten thousand random sequences of operations, also from inside listeners. A failure
// prints the shortest sequence that shows it, and a seed: SEED=… RUNS=… runs it again.

import { before, test } from 'node:test';
import fc from 'fast-check';
import { Model } from './queue/model.mjs';
import { bundledWithScript } from './queue/scripted.mjs';

const RUNS = Number(process.env.RUNS ?? 10_000);
const SEED = process.env.SEED && Number(process.env.SEED);

const EVENTS = [
  ...['file-added', 'file-removed', 'upload-start', 'upload-event', 'upload-progress', 'upload-retry'],
  ...['upload-success', 'upload-error', 'progress', 'complete'],
];

const at = fc.nat(7);
const op = (type, facts = {}) => fc.record({ type: fc.constant(type), ...facts });
const concurrency = fc.integer({ min: 1, max: 4 });

/** What a listener may do as well as anybody else. */
const operation = fc.oneof(
  { arbitrary: op('add', { hasSignal: fc.boolean() }), weight: 6 },
  { arbitrary: op('succeed', { at }), weight: 4 },
  { arbitrary: op('fail', { at, outcomeUnknown: fc.boolean() }), weight: 3 },
  { arbitrary: op('resume', { at }), weight: 3 },
  { arbitrary: op('park', { at }), weight: 5 },
  { arbitrary: op('nudge', { at }), weight: 3 },
  { arbitrary: op('signal', { at }), weight: 2 },
  ...['hold', 'pause', 'retry', 'abort', 'remove'].map((type) => op(type, { at })),
  ...['start', 'pauseAll', 'resumeAll', 'retryAll', 'cancelAll', 'dispose'].map((type) => op(type)),
  op('progress', { at, fraction: fc.double({ min: 0, max: 1, noNaN: true }) }),
  op('options', { concurrency }),
  op('addAll', { size: fc.nat(3) }),
);

const operations = fc.array(operation, { minLength: 1, maxLength: 3 });
const step = fc.oneof(
  { arbitrary: operation, weight: 8 },
  { arbitrary: op('quiet'), weight: 5 },
  op('listen', { event: fc.constantFrom(...EVENTS), times: fc.integer({ min: 1, max: 3 }), operations }),
  op('follow', { at, operations }),
  op('iterate', { at, operations }),
);

let queue;

before(async () => {
  queue = await bundledWithScript("export { Uploader } from './queue/uploader.js'");
  // What waits for another turn of the page gets one.
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (act, millis) => (millis ? setTimeout(act, millis) : setImmediate(act));
});

async function run({ concurrency, autoProceed, files, steps }) {
  const model = new Model(queue, { concurrency, autoProceed });
  for (let left = files; left > 0; left--) model.do({ type: 'add', hasSignal: true });
  for (const step of steps) {
    if (step.type === 'quiet') await model.checkQuiet();
    else model.do(step);
  }
  await model.checkQuiet();
  await model.finish();
}

test(`${RUNS} sequences of operations`, async () => {
  const autoProceed = fc.oneof({ arbitrary: fc.constant(true), weight: 3 }, fc.constant(false));
  const sequence = fc.record({ concurrency, autoProceed, files: fc.nat(5), steps: fc.array(step, { maxLength: 30 }) });
  await fc.assert(fc.asyncProperty(sequence, run), {
    numRuns: RUNS,
    includeErrorInReport: true,
    ...(SEED && { seed: SEED }),
  });
});
