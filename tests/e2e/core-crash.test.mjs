// The core dies: its worker is ended without a word, or it traps. Each call ends with what is known of it, or is taken over
// by a fresh core, and the page goes on.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BLANK, openTab } from './browser.mjs';
import { REAL } from './fixtures.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const [PHOTO] = REAL;

suite('a core that dies', () => {
  setUp({ args: ['--processing-millis', '60000'] });

  for (const how of ['its worker is ended', 'it traps in the worker', 'it traps on the main thread']) {
    test(`${how}: calls that have sent something fail, all others continue`, async (t) => {
      const tab = await openTab(t, browser, gateway.url + BLANK);
      // Storage takes its time, so that one upload is sending when it happens; so does the provider that gets a form.
      await gateway.fault(
        { at: 'storage', method: 'PUT', fault: { delay_millis: 60_000 } },
        { at: 'relaydance', method: 'POST', fault: { delay_millis: 60_000 } },
      );
      const { put, form, poll, unsent, next } = await tab.page.evaluate(dies, await tab.holding([PHOTO]), how);
      assert.deepEqual(
        [put, form, poll].map(({ name, code, stage, outcomeUnknown }) => [name, code, stage, outcomeUnknown]),
        [
          ['UploadError', 'interrupted', 'transfer', false],
          ['UploadError', 'interrupted', form.stage, true],
          ['UploadError', 'interrupted', 'process', false],
        ],
      );
      assert.ok(['transfer', 'submit'].includes(form.stage), form.stage);
      assert.match(poll.id, /^\d+$/);
      assert.equal(poll.resumed, 'process', 'a retry continues with the asset');
      assert.deepEqual([unsent, next], [PHOTO.sum, PHOTO.sum]);
      const made = (await gateway.sent()).filter((line) => line.includes('POST /providers/onerouter'));
      assert.equal(made.length, 1, 'no second asset');
      assert.deepEqual(
        tab.errors.filter((text) => !/unreachable|memory|RuntimeError|out of bounds/i.test(text)),
        [],
      );
    });
  }

  test('an unhandled rejection in the worker ends no call', async (t) => {
    const tab = await openTab(t, browser, gateway.url + BLANK);
    assert.equal(await tab.page.evaluate(strays, await tab.holding([PHOTO])), PHOTO.sum);
  });
});

/** Runs in the page: four uploads are under way, the core dies, and another upload follows. */
async function dies(input, how) {
  const [file] = input.files;
  const { init, upload } = await import('/mediaferry/index.js');
  const RealWorker = globalThis.Worker;
  let worker;
  globalThis.Worker = class extends RealWorker {
    constructor(...given) {
      super(...given);
      worker ??= this;
    }
  };
  // Fills the first module's memory when it is told to, so that its next allocation traps.
  const eater = () => {
    let memory;
    WebAssembly.Instance = class extends WebAssembly.Instance {
      constructor(...given) {
        super(...given);
        memory ??= Object.values(this.exports).find((one) => one instanceof WebAssembly.Memory);
      }
    };
    globalThis.addEventListener('message', ({ data }) => {
      if (data !== 'eat') return;
      for (let step = 16_384; step >= 1; ) {
        try {
          memory.grow(step);
        } catch {
          step >>= 1;
        }
      }
    });
  };
  const inWorker = async () => {
    const script = await (await fetch('/mediaferry/worker.js')).text();
    return URL.createObjectURL(new Blob([`(${eater})();`, script], { type: 'text/javascript' }));
  };
  if (how === 'it traps on the main thread') {
    eater();
    await init({ worker: false });
  } else await init(how === 'its worker is ended' ? {} : { worker: await inWorker() });

  const fails = (task) =>
    task.result.then(
      () => ({}),
      ({ name, code, stage, outcomeUnknown, id }) => ({ name, code, stage, outcomeUnknown, id }),
    );
  const until = (task, stage) => new Promise((resolve) => task.then(resolve, resolve) && watch(task, stage, resolve));
  const watch = async (task, stage, resolve) => {
    for (; task.stage !== stage && !(stage === 'transfer' && task.stage === 'submit'); )
      await new Promise((next) => setTimeout(next, 20));
    setTimeout(resolve, 300);
  };
  const put = upload(file, { provider: 'modelhunter' });
  const form = upload(file, { provider: 'relaydance' });
  const poll = upload(file, { provider: 'onerouter', model: 'a/b' });
  const all = [fails(put), fails(form), fails(poll)];
  await Promise.all([until(put, 'transfer'), until(form, 'transfer'), until(poll, 'process')]);

  if (how === 'its worker is ended') worker.terminate();
  else if (how === 'it traps in the worker') worker.postMessage('eat');
  else dispatchEvent(new MessageEvent('message', { data: 'eat' }));
  // A name of some megabytes is what traps a core whose memory is full.
  const named = how === 'its worker is ended' ? file : new File([file], `${'x'.repeat(4_000_000)}.jpg`);
  const unsent = await upload(named, { provider: 'worldrouter' });
  const [putEnd, formEnd, pollEnd] = await Promise.all(all);
  poll.retry();
  await until(poll, 'process');
  pollEnd.resumed = poll.stage;
  poll.catch(() => {});
  poll.abort();
  const next = await upload(file, { provider: 'worldrouter' });
  globalThis.Worker = RealWorker;
  return { put: putEnd, form: formEnd, poll: pollEnd, unsent: unsent.sha256, next: next.sha256 };
}

/** Runs in the page: while a file is uploaded, promises of the worker reject, and nobody cares. */
async function strays(input) {
  const { init, upload } = await import('/mediaferry/index.js');
  const script = await (await fetch('/mediaferry/worker.js')).text();
  const stray = 'setInterval(() => { void Promise.reject(new TypeError("network error")); }, 5);';
  await init({ worker: URL.createObjectURL(new Blob([stray, script], { type: 'text/javascript' })) });
  return (await upload(input.files[0], { provider: 'modelhunter' })).sha256;
}
