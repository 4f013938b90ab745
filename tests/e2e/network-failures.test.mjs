// Broken connections, a busy storage and expired URLs: retried if that is safe, otherwise reported with the right code.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BLANK, openTab, startBrowser } from './browser.mjs';
import { file, png, REAL } from './fixtures.mjs';
import { startGateway } from './gateway.mjs';
import { lifetime } from './lifetime.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const MOVIE = REAL[3];
const TICKET = 'gateway POST /providers/modelhunter/api/v1/files/upload-url 200';
const PUT = 'storage PUT /mediaferry/modelhunter/{id}';
const COMPLETE = 'gateway POST /providers/modelhunter/api/v1/files/{id}/complete';

suite('network failures', () => {
  setUp();

  /** Uploads the movie while these faults are queued; gives the result and the requests. */
  async function upload(t, faults, { file = MOVIE, ...options } = {}) {
    const tab = await openTab(t, browser, gateway.url + BLANK);
    if (faults.length) await gateway.fault(...faults);
    const result = await tab.upload(file, options);
    assert.deepEqual(tab.errors, []);
    return { ...result, tab, sent: await gateway.sent() };
  }

  const storage = (fault, times = 1) => ({ at: 'storage', method: 'PUT', times, fault });

  test('storage answers 503 twice: the PUT is retried', async (t) => {
    const { asset, retries, sent } = await upload(t, [storage({ status: 503 }, 2)]);
    assert.equal(asset?.sha256, MOVIE.sum);
    assert.deepEqual(retries, ['unavailable', 'unavailable']);
    assert.deepEqual(sent, [TICKET, `${PUT} 503`, `${PUT} 503`, `${PUT} 200`, `${COMPLETE} 200`]);
  });

  test('storage keeps answering 503: the upload fails with unavailable', async (t) => {
    const { error, sent } = await upload(t, [storage({ status: 503 }, 999)], { retryTimeout: 2_000 });
    assert.deepEqual(
      [error?.code, error?.status, error?.stage, error?.retryable],
      ['unavailable', 503, 'transfer', true],
    );
    assert.deepEqual([sent[0], ...new Set(sent.slice(1))], [TICKET, `${PUT} 503`]);
  });

  test('storage closes the connection half-way: the PUT is retried', async (t) => {
    const { asset, retries, progress, sent } = await upload(t, [storage({ cut_after_bytes: 10_000 })]);
    assert.equal(asset?.sha256, MOVIE.sum);
    assert.deepEqual(retries, ['network']);
    assert.deepEqual(sent, [TICKET, `${PUT} cut`, `${PUT} 200`, `${COMPLETE} 200`]);
    checkProgress(progress);
  });

  test('storage always closes the connection half-way: the upload fails with network', async (t) => {
    const options = { retryTimeout: 2_000 };
    const { error, asset, sent } = await upload(t, [storage({ cut_after_bytes: 10_000 }, 999)], options);
    assert.deepEqual([error?.code, error?.stage, asset], ['network', 'transfer', undefined]);
    assert.deepEqual([sent[0], ...new Set(sent.slice(1))], [TICKET, `${PUT} cut`]);
  });

  test('storage has stored the file but its response is lost: the PUT is retried', async (t) => {
    const { asset, sent } = await upload(t, [storage({ cut: 'before_answer' })]);
    assert.equal(asset?.sha256, MOVIE.sum);
    assert.deepEqual(sent, [TICKET, `${PUT} cut`, `${PUT} 200`, `${COMPLETE} 200`]);
  });

  test('storage rejects every URL: the upload fails with ticket_expired after 3 tickets', async (t) => {
    const { error, sent } = await upload(t, [storage({ status: 403 }, 9)]);
    assert.deepEqual([error?.code, error?.status], ['ticket_expired', 403]);
    assert.deepEqual(
      sent,
      Array(3)
        .fill([TICKET, `${PUT} 403`])
        .flat(),
    );
  });

  test('429 with Retry-After: the request is retried after that time', async (t) => {
    const busy = { at: 'modelhunter', method: 'POST', fault: { status: 429, retry_after: '1' } };
    const start = Date.now();
    const { asset, retries } = await upload(t, [busy]);
    assert.equal(asset?.sha256, MOVIE.sum);
    assert.deepEqual(retries, ['rate_limited']);
    assert.ok(Date.now() - start >= 1000);
  });

  test('a form POST whose connection breaks is not retried', async (t) => {
    const cut = { at: 'relaydance', method: 'POST', fault: { cut_after_bytes: 10_000 } };
    const { error, sent } = await upload(t, [cut], { provider: 'relaydance' });
    assert.deepEqual([error?.code, error?.status], ['unavailable', 502]);
    assert.equal(sent.filter((line) => line.startsWith('gateway POST /providers/relaydance/')).length, 1);
  });

  test('a provider that reports another size: the upload fails with integrity', async (t) => {
    const data = { id: 'file_1', url: 'https://cdn.test/1', size_bytes: 1, content_type: 'video/mp4' };
    const body = JSON.stringify({ success: true, data });
    const lie = { at: 'modelhunter', path: '/api/v1/files/file_', fault: { body } };
    const { error } = await upload(t, [lie]);
    assert.equal(error?.code, 'integrity');
    assert.match(error.message, /size_bytes is 1, expected 24814/);
  });

  test('an HTML page instead of JSON: the upload fails with malformed_response', async (t) => {
    const { error } = await upload(t, [{ at: 'modelhunter', fault: { body: '<!doctype html><p>Welcome</p>' } }]);
    assert.deepEqual([error?.code, error?.stage], ['malformed_response', 'ticket']);
  });

  test('an abort during the transfer cancels the PUT, and no request follows', async (t) => {
    const big = file('big.png', png(600, 400, 40_000_000));
    // Storage does not read for a while, so the transfer cannot be over before it is cancelled.
    const { error, tab, sent } = await upload(t, [storage({ delay_millis: 1_500 })], {
      file: big,
      abortAt: 'transfer',
    });
    assert.deepEqual([error?.name, error?.code], ['AbortError', 20]);
    await tab.settled();
    const [put] = tab.sent('PUT');
    assert.ok(put.aborted);
    assert.ok(!sent.includes(`${PUT} 200`) && !sent.some((request) => request.includes('/complete ')), sent.join());
    assert.equal(tab.requests.at(-1).method, 'PUT');
  });

  for (const [where, init] of [
    ['a worker', {}],
    ['the page', { worker: false }],
  ]) {
    test(`progress in ${where} follows the bytes, never decreases, and ends at 1`, async (t) => {
      const big = file('big.png', png(600, 400, 24_000_000));
      const slow = storage({ bytes_per_second: 16_000_000 });
      const { asset, progress } = await upload(t, [slow], { file: big, init });
      assert.equal(asset?.sha256, big.sum);
      checkProgress(progress);
      const sent = new Set(progress.map(({ sentBytes }) => sentBytes));
      assert.ok(sent.size >= 4, [...sent].join());
      assert.ok(progress.some(({ bytesPerSecond, secondsLeft }) => bytesPerSecond > 0 && secondsLeft >= 0));
    });
  }
});

suite('a URL that expires', () => {
  test('before the file has arrived: a new ticket is requested', async (t) => {
    const life = lifetime(t);
    const gateway = await startGateway(life, { args: ['--staging-ticket-seconds', '3'] });
    const tab = await openTab(life, await startBrowser(life), gateway.url + BLANK);
    await gateway.fault({ at: 'storage', method: 'PUT', fault: { delay_millis: 4_100 } });
    const { asset, error } = await tab.upload(MOVIE);
    assert.equal(asset?.sha256, MOVIE.sum, error?.message);
    assert.deepEqual(await gateway.sent(), [TICKET, `${PUT} 403`, TICKET, `${PUT} 200`, `${COMPLETE} 200`]);
  });
});

function checkProgress(progress) {
  const fractions = progress.map(({ fraction }) => fraction);
  assert.deepEqual(
    fractions,
    fractions.toSorted((a, b) => a - b),
  );
  assert.ok(fractions.slice(0, -1).every((fraction) => fraction >= 0 && fraction < 1));
  assert.equal(fractions.at(-1), 1);
  assert.ok(progress.every(({ sentBytes, totalBytes }) => sentBytes >= 0 && sentBytes <= totalBytes));
}
