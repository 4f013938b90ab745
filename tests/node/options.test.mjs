// The options of the providers: each provider has its own, and rejects those of others.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { check, Uploader, upload } from 'mediaferry';
import { loadCore, mockFetch, options, ready } from './mock-network.mjs';

const SOURCE = 'https://example.test/a.png';
const jpeg = new Blob([Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)]);

before(loadCore);

const rejects = (promise, message) =>
  assert.rejects(promise, (error) => {
    assert.equal(error.name, 'TypeError');
    assert.match(error.message, message);
    return true;
  });

test('an option of another provider rejects with a TypeError that names both, before anything is sent', async () => {
  const requests = mockFetch(ready);
  await rejects(upload(SOURCE, { ...options, model: 'a/b' }), /^Apiframe has no option 'model'$/);
  await rejects(upload(SOURCE, { ...options, typ: 'image' }), /^Apiframe has no option 'typ'$/);
  const onerouter = { ...options, provider: 'onerouter' };
  await rejects(upload(SOURCE, onerouter), /^OneRouter: option 'model' must be a non-empty string$/);
  await rejects(upload(SOURCE, { ...onerouter, model: 'a/b', limit: 'api' }), /^OneRouter has no option 'limit'$/);
  const provider = { id: 'mine', name: 'Mine', sign: () => ({}) };
  await rejects(upload(jpeg, { provider, role: 'first_frame' }), /^A custom provider has no option 'role'$/);
  assert.deepEqual(requests, []);
});

test('an option that is not set counts as absent', async () => {
  mockFetch(ready);
  assert.equal((await upload(SOURCE, { ...options, model: undefined, route: null })).ref, 'asset://a1');
});

test('a retryTimeout that is no number of milliseconds is a TypeError', async () => {
  const requests = mockFetch(ready);
  for (const retryTimeout of ['5s', -1, 0.5, Number.NaN])
    await rejects(upload(SOURCE, { ...options, retryTimeout }), /option 'retryTimeout' must be whole milliseconds/);
  assert.deepEqual(requests, []);
  for (const retryTimeout of [null, 0, Number.POSITIVE_INFINITY]) await upload(SOURCE, { ...options, retryTimeout });
});

test('check accepts the options of all providers', async () => {
  const verdicts = await check(jpeg, { model: 'a/b', route: 'form', type: 'image', role: 'x', limit: 'api' });
  assert.equal(verdicts.length, 5);
  await rejects(check(jpeg, { typ: 'image' }), /no option 'typ'/);
});

test('an upload with another provider than its queue gets only its own options', async () => {
  const bodies = [];
  mockFetch(async (request) => {
    if (request.method === 'POST') bodies.push(await request.clone().json());
    return ready(request);
  });
  const { gateway } = options;
  const uploader = new Uploader({ provider: 'onerouter', model: 'a/b', gateway });
  assert.equal(
    (await uploader.add('https://example.test/no-extension', { ...options, type: 'video' })).ref,
    'asset://a1',
  );
  assert.equal(bodies[0].type, 'video');
  await rejects(uploader.add(SOURCE, { type: 'video' }).result, /^OneRouter has no option 'type'$/);
  const overridden = uploader.add(SOURCE, { provider: 'onerouter', route: 'pigeon' });
  await rejects(overridden.result, /^OneRouter: option 'route' must be auto, form, url$/);
});
