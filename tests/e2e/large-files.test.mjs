// Files in parts, in the gateway's staging bucket: what is sent, what is sent again, and what is left after a cancellation.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BLANK, openTab } from './browser.mjs';
import { file, png } from './fixtures.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const MB = 1_000_000;
const UPLOADS = 'gateway POST /staging/uploads';
const OPTIONS = { provider: 'onerouter', model: 'a/b', route: 'url' };

/** A PNG in which no two ranges are equal. */
function varied(size) {
  const bytes = png(600, 400, size);
  for (let at = 200_000; at + 200_000 < size; at += 64) bytes.writeUInt32LE(at, at);
  return file('big.png', bytes);
}

/** The number of requests that start with this. */
const count = (sent, start) => sent.filter((line) => line.startsWith(start)).length;

/** The PUTs of parts with this status. */
const puts = (sent, status) => sent.filter((line) => /^storage PUT /.test(line) && line.endsWith(` ${status}`)).length;

/** Progress never decreases, in fractions and in bytes, and ends at 1. */
function checkProgress(progress) {
  const grows = (name) => progress.every((report, index) => index === 0 || progress[index - 1][name] <= report[name]);
  assert.ok(grows('fraction') && grows('sentBytes'), JSON.stringify(progress));
  assert.equal(progress.at(-1)?.fraction, 1);
}

suite('a file of 80 MiB', () => {
  setUp();

  test('is stored in parts of 8 MiB, and the provider gets its bytes', async (t) => {
    const big = varied(80 << 20);
    const tab = await openTab(t, browser, gateway.url + BLANK);
    const { asset, error, progress } = await tab.upload(big, OPTIONS);
    assert.deepEqual([asset?.sha256, error], [big.sum, undefined]);
    const sent = await gateway.sent();
    assert.deepEqual(
      [puts(sent, 200), count(sent, `${UPLOADS} 200`), count(sent, `${UPLOADS}/complete 200`)],
      [10, 1, 1],
    );
    checkProgress(progress);
    assert.deepEqual(tab.errors, []);
  });

  test('is one PUT if the page wants no parts', async (t) => {
    const big = varied(80 << 20);
    const tab = await openTab(t, browser, gateway.url + BLANK);
    const { asset } = await tab.upload(big, { ...OPTIONS, multipartThreshold: Number.MAX_SAFE_INTEGER });
    assert.equal(asset?.sha256, big.sum);
    const sent = await gateway.sent();
    assert.deepEqual([puts(sent, 200), count(sent, UPLOADS)], [1, 0]);
  });
});

suite('a file in parts of 1 MB', () => {
  setUp({ args: ['--part-bytes', String(MB)] });
  const movie = varied(12 * MB - 7);
  const options = { ...OPTIONS, multipartThreshold: 1 };
  const part = (fault, times = 1, query = 'partNumber') => ({ at: 'storage', method: 'PUT', query, times, fault });

  async function upload(t, faults, more = {}) {
    const tab = await openTab(t, browser, gateway.url + BLANK);
    if (faults.length) await gateway.fault(...faults);
    const result = await tab.upload(movie, { ...options, ...more });
    assert.deepEqual(tab.errors, []);
    return { ...result, tab, sent: await gateway.sent() };
  }

  for (const [what, fault, status, times] of [
    ['whose response is lost', { cut: 'before_answer' }, 'cut', 1],
    ['whose connection breaks half-way', { cut_after_bytes: 300_000 }, 'cut', 2],
    ['for which storage is busy', { status: 503 }, '503', 3],
  ])
    test(`a part ${what} is sent again alone`, async (t) => {
      const { asset, error, progress, sent } = await upload(t, [part(fault, times, 'partNumber=5')]);
      assert.deepEqual([asset?.sha256, error], [movie.sum, undefined]);
      assert.deepEqual([puts(sent, 200), puts(sent, status)], [12, times]);
      checkProgress(progress);
    });

  test('storage that is busy for all parts is asked again', async (t) => {
    const { asset, sent } = await upload(t, [part({ status: 503 }, 8)]);
    assert.equal(asset?.sha256, movie.sum);
    assert.deepEqual([puts(sent, 200), puts(sent, 503)], [12, 8]);
  });

  test('a completion whose response is lost is repeated', async (t) => {
    const lost = { at: 'storage', method: 'POST', query: 'uploadId', fault: { cut: 'before_answer' } };
    const { asset, sent } = await upload(t, [lost]);
    assert.equal(asset?.sha256, movie.sum);
    assert.equal(puts(sent, 200), 12);
  });

  test('a cancelled upload leaves no parts', async (t) => {
    const { error, sent } = await upload(t, [part({ delay_millis: 1_500 }, 99)], { abortAt: 'transfer' });
    assert.equal(error?.name, 'AbortError');
    const isAborted = async () => count(await gateway.sent(), `${UPLOADS}/abort 204`) === 1;
    for (const end = Date.now() + 10_000; !(await isAborted()) && Date.now() < end; ) await sleep(50);
    assert.ok(await isAborted(), (await gateway.sent()).join());
    assert.equal(count(sent, `${UPLOADS}/complete`), 0);
  });

  test('a failed upload continues with the stored parts', async (t) => {
    const tab = await openTab(t, browser, gateway.url + BLANK);
    await gateway.fault(part({ status: 503 }, 9_999, 'partNumber=9'));
    const input = await tab.holding([movie]);
    const failed = await tab.page.evaluate(
      async (input, options) => {
        const { upload } = await import('/mediaferry/index.js');
        globalThis.task = upload(input.files[0], { ...options, retryTimeout: 500 });
        return await globalThis.task.catch(({ code }) => code);
      },
      input,
      options,
    );
    assert.equal(failed, 'unavailable');
    assert.equal(puts(await gateway.sent(), 200), 11);
    await gateway.reset();
    const asset = await tab.page.evaluate(async () => {
      globalThis.task.retry();
      return await globalThis.task;
    });
    assert.equal(asset.sha256, movie.sum);
    const sent = await gateway.sent();
    assert.deepEqual([puts(sent, 200), count(sent, `${UPLOADS} `), count(sent, `${UPLOADS}/list 200`)], [1, 0, 1]);
  });

  test('an upload continues after its worker has died', async (t) => {
    const tab = await openTab(t, browser, gateway.url + BLANK);
    await gateway.fault(part({ delay_millis: 60_000 }, 99, 'partNumber=12'));
    const input = await tab.holding([movie]);
    const code = await tab.page.evaluate(
      async (input, options) => {
        const { upload } = await import('/mediaferry/index.js');
        const enough = 9_000_000;
        globalThis.task = upload(input.files[0], {
          ...options,
          onProgress: ({ sentBytes }) => {
            if (sentBytes < enough || globalThis.hasDied) return;
            globalThis.hasDied = true;
            for (const worker of globalThis.keptWorkers.keys()) worker.terminate();
          },
        });
        return await globalThis.task.catch(({ code }) => code);
      },
      input,
      options,
    );
    assert.equal(code, 'interrupted');
    await gateway.reset();
    const asset = await tab.page.evaluate(async () => {
      globalThis.task.retry();
      return await globalThis.task;
    });
    assert.equal(asset.sha256, movie.sum);
    assert.ok(puts(await gateway.sent(), 200) <= 6, 'stored parts are not sent again');
  });
});
