// Providers that take their time, lie, are full, lose a key or break off: each ends in the right code, and no second asset is made.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BLANK, openTab } from './browser.mjs';
import { REAL } from './fixtures.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const [PHOTO] = REAL;
const ONEROUTER = { provider: 'onerouter', model: 'a/model' };
const UPLOAD = '/v1/upload/resources';
const STATUS = '/v1/status/resources';

suite('a provider that misbehaves', () => {
  setUp();

  /** Uploads the photo while these faults are queued. */
  async function upload(t, faults, options = ONEROUTER) {
    const tab = await openTab(t, browser, gateway.url + BLANK);
    if (faults.length) await gateway.fault(...faults);
    const result = await tab.upload(PHOTO, options);
    assert.deepEqual(tab.errors, []);
    assert.doesNotMatch(await gateway.settled(), /sandbox-key|X-Amz|Signature/i);
    return { ...result, tab };
  }

  const at = (provider, path, fault, times = 1) => ({ at: provider, path, fault, times });
  const submit = (fault, times) => at('onerouter', UPLOAD, fault, times);
  const poll = (fault, times) => at('onerouter', STATUS, fault, times);
  const posts = async () => (await gateway.sent()).filter((line) => line.startsWith('gateway POST /providers/'));

  test('unknown fields are ignored', async (t) => {
    const extra = { merge: { data: { billing: { credits: [3, null] } }, trace: 'x' } };
    const { asset, error } = await upload(t, [submit(extra), poll(extra, 9)]);
    assert.equal(asset?.sha256, PHOTO.sum, error?.message);
  });

  test('a wrong checksum fails the upload with integrity, in whichever response it is', async (t) => {
    const lie = { merge: { data: { sha256_hash: '00'.repeat(32) } } };
    for (const fault of [submit(lie), poll(lie, 9)]) {
      const { error } = await upload(t, [fault]);
      assert.equal(error?.code, 'integrity');
      assert.match(error.message, /sha256_hash is 0{64}, expected f8dcbaf0/);
    }
  });

  test('an unknown state fails the upload with malformed_response', async (t) => {
    for (const fault of [
      submit({ merge: { data: { status: 'queued' } } }),
      poll({ merge: { data: { status: null } } }),
    ]) {
      const { error } = await upload(t, [fault]);
      assert.deepEqual([error?.code, error?.message], ['malformed_response', error?.message]);
      assert.match(error.message, /status/);
    }
  });

  test('a truncated response fails the upload with malformed_response, and the form is not retried', async (t) => {
    const bodies = [
      { truncate: 40 },
      { body: '<!doctype html><p>Welcome</p>' },
      { body: `"${'x'.repeat(1_100_000)}"` },
    ];
    for (const fault of bodies) {
      await gateway.reset();
      const { error } = await upload(t, [submit(fault)]);
      assert.deepEqual([error?.code, error?.outcomeUnknown, error?.retryable], ['malformed_response', true, false]);
      assert.equal((await posts()).length, 1);
    }
  });

  test('a form whose response is lost is not retried, and the error has outcomeUnknown', async (t) => {
    const tab = await openTab(t, browser, gateway.url + BLANK);
    const count = async () => (await tab.call('listAssets', undefined, ONEROUTER)).length;
    const before = await count();
    await gateway.fault(submit({ cut: 'before_answer' }));
    const { error } = await tab.upload(PHOTO, ONEROUTER);
    assert.deepEqual([error?.outcomeUnknown, error?.retryable], [true, false], error?.message);
    assert.match(error.message, /may have succeeded, so it was not repeated/);
    assert.equal((await posts()).length, 1);
    assert.equal(await count(), before + 1, 'it was made, once');
  });

  test('a key that is revoked during the processing fails the upload with unauthenticated', async (t) => {
    const { error } = await upload(t, [poll({ status: 401, body: '{"code":401,"message":"invalid key"}' })]);
    assert.deepEqual([error?.code, error?.stage, error?.outcomeUnknown], ['unauthenticated', 'process', false]);
  });

  test('a poll with status 404 fails the upload with refused', async (t) => {
    const { error } = await upload(t, [poll({ status: 404, body: '{"code":404,"message":"no such resource"}' })]);
    assert.deepEqual([error?.code, error?.status, error?.stage], ['refused', 404, 'process']);
  });

  test('a poll with status 503 or 429 is retried after the requested wait', async (t) => {
    const start = Date.now();
    const busy = [poll({ status: 503 }), poll({ status: 429, retry_after: '2' })];
    const { asset, retries, error } = await upload(t, busy);
    assert.equal(asset?.sha256, PHOTO.sum, error?.message);
    assert.deepEqual(retries, ['unavailable', 'rate_limited']);
    assert.ok(Date.now() - start >= 2_000);
  });

  test('processing that does not end can be aborted immediately', async (t) => {
    const endless = poll({ merge: { data: { status: 'processing' } } }, 99);
    const { error, stages } = await upload(t, [endless], { ...ONEROUTER, abortAt: 'process' });
    assert.deepEqual([error?.name, stages.at(-1)], ['AbortError', 'process']);
  });

  test('a full account fails the upload with quota', async (t) => {
    const settings = (values) =>
      fetch(`${gateway.url}/sandbox/settings`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(values),
      });
    t.after(() => settings({}));
    await settings({ onerouter_assets: 0 });
    const { error } = await upload(t, []);
    assert.equal(error?.code, 'quota');
    assert.match(error.message, /1000|1,000/);
  });

  test('WorldRouter is retried after 503, which means that nothing was stored, and after no other status', async (t) => {
    const busy = (status, times) => at('worldrouter', '/v1/images/uploads', { status }, times);
    const { asset, retries } = await upload(t, [busy(503, 2)], { provider: 'worldrouter' });
    assert.equal(asset?.sha256, PHOTO.sum);
    assert.deepEqual(retries, ['unavailable', 'unavailable']);
    const { error } = await upload(t, [busy(500)], { provider: 'worldrouter' });
    assert.deepEqual([error?.code, error?.status, error?.outcomeUnknown], ['unavailable', 500, true]);
  });

  test("a failure of Apiframe's processing contains its reason", async (t) => {
    const failed = { merge: { status: 'Failed', errorMsg: 'The face is not authorised.' } };
    const { error } = await upload(t, [at('apiframe', '/v2/assets/', failed, 9)], { provider: 'apiframe' });
    assert.deepEqual([error?.code, error?.providerMessage], ['processing_failed', 'The face is not authorised.']);
  });

  test('a staging ticket that storage rejects is renewed, and one asset is created', async (t) => {
    const refused = { at: 'storage', method: 'PUT', fault: { status: 403 } };
    const { asset, error } = await upload(t, [refused], { provider: 'apiframe' });
    assert.equal(asset?.sha256, PHOTO.sum, error?.message);
    const sent = (await gateway.sent()).map((line) => line.replace(/\/mediaferry\/staging\/\S+/, '/…'));
    assert.deepEqual(sent, [
      'gateway POST /staging 200',
      'storage PUT /… 403',
      'gateway POST /staging 200',
      'storage PUT /… 200',
      'gateway POST /providers/apiframe/v2/assets/create 201',
    ]);
  });
});
