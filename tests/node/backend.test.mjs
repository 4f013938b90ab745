// Results of a custom provider's callbacks. An invalid one fails the upload with the name of the field.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { defineProvider, presignedParts, presignedPut, upload } from 'mediaferry';
import { loadCore, pixel, shortenTimers, TakingXhr } from './mock-network.mjs';

const SIGNED = 'https://bucket.test/a?sig=1';
const sign = () => ({ url: SIGNED });

before(async () => {
  await loadCore();
  shortenTimers();
  globalThis.XMLHttpRequest = TakingXhr;
});

const failed = async (provider) => {
  const error = await upload(pixel, { provider }).catch((error) => error);
  return [error.code, error.stage, /unexpected response \((\w+)\)\.$/.exec(error.message)?.[1]];
};

test('an invalid ticket fails the upload with the name of its field', async () => {
  const shapes = [
    [undefined, 'sign'],
    [null, 'sign'],
    [[], 'sign'],
    [SIGNED, 'sign'],
    [{}, 'url'],
    [{ url: 7 }, 'url'],
    [{ url: '/a' }, 'url'],
    [{ url: 'ftp://bucket.test/a' }, 'url'],
    [{ url: SIGNED, expiresAt: 'soon' }, 'expiresAt'],
    [{ url: SIGNED, expiresAt: -1 }, 'expiresAt'],
    [{ url: SIGNED, expiresAt: new Date(Number.NaN) }, 'expiresAt'],
  ];
  for (const [ticket, field] of shapes) {
    assert.deepEqual(await failed(presignedPut({ sign: () => ticket })), ['malformed_response', 'ticket', field]);
  }
  const form = defineProvider({ form: () => ({ url: SIGNED }) });
  assert.deepEqual(await failed(form), ['malformed_response', 'ticket', 'field']);
});

test('a callback whose JSON ends early is called again', async () => {
  const whole = JSON.stringify({ url: SIGNED, headers: { 'x-a': 'a "b" {' } });
  for (const length of [1, 3, 9, whole.length - 12, whole.length - 2, whole.length - 1]) {
    const texts = [whole.slice(0, length), whole];
    const asset = await upload(pixel, { provider: presignedPut({ sign: () => new Response(texts.shift()) }) });
    assert.deepEqual([asset.url, texts], ['https://bucket.test/a', []], `${length} characters`);
  }
  // As a server's, not the page's own.
  const empty = Object.defineProperty(new Response(''), 'url', { value: 'https://api.test/sign' });
  const broken = new TypeError('Content-Length header of network response exceeds response Body.');
  const reset = new ReadableStream({ start: (body) => body.error(new DOMException('', 'AbortError')) });
  for (const first of [() => empty, () => new Response(reset), () => Promise.reject(broken)]) {
    const answers = [first, () => new Response(whole)];
    const asset = await upload(pixel, { provider: presignedPut({ sign: () => answers.shift()() }) });
    assert.deepEqual([asset.url, answers], ['https://bucket.test/a', []]);
  }
  for (const text of ['<html>', '{"url":x}', '{}}', '']) {
    assert.deepEqual(
      (await failed(presignedPut({ sign: () => new Response(text) }))).slice(0, 2),
      ['malformed_response', 'ticket'],
      text,
    );
  }
});

test('a retry that only confirms passes the signed ticket to confirm', async () => {
  const ids = [];
  const confirm = (_, { id, url }) => {
    if (ids.push(id) === 1) throw Object.assign(new Error('no'), { status: 400 });
    return { id, url };
  };
  const task = upload(pixel, { provider: presignedPut({ sign: ({ name }) => ({ ...sign(), id: name }), confirm }) });
  assert.equal((await task.catch((error) => error)).stage, 'submit');
  task.retry();
  assert.equal((await task.result).id, 'a.png');
  assert.deepEqual(ids, ['a.png', 'a.png']);
});

test('an invalid asset fails the upload with the name of its field', async () => {
  const shapes = [
    [true, 'confirm'],
    [{}, 'url'],
    [{ id: 'a' }, 'url'],
    [{ url: null }, 'url'],
    [{ url: 'cdn.test/a' }, 'url'],
    [{ url: 'https://a.test/', id: true }, 'id'],
    [{ url: 'https://user@a.test/' }, 'url'],
    [{ url: 'https://a.test/', bytes: 'many' }, 'bytes'],
    [{ ref: '' }, 'ref'],
    [{ pending: true }, 'pending'],
    [{ failed: {} }, 'failed'],
    [{ ref: 'a', expiresAt: 'soon' }, 'expiresAt'],
    [{ ref: 'a', expiresAt: 1e16 }, 'expiresAt'],
    [{ ref: 'a', expiresAt: Number.POSITIVE_INFINITY }, 'expiresAt'],
  ];
  for (const [asset, field] of shapes) {
    const provider = presignedPut({ sign, confirm: () => asset });
    assert.deepEqual(await failed(provider), ['malformed_response', 'submit', field]);
  }
  const provider = presignedPut({ sign, confirm: () => ({ pending: '7' }), status: () => 7 });
  assert.deepEqual(await failed(provider), ['malformed_response', 'process', 'status']);
});

test('expiresAt accepts three kinds of time, and null counts as missing', async () => {
  for (const expiresAt of [1e12, new Date(1e12), new Date(1e12).toISOString()]) {
    const confirm = () => ({ ref: 'file-7', url: null, id: null, expiresAt });
    const asset = await upload(pixel, { provider: presignedPut({ sign, confirm }) });
    assert.deepEqual(
      [asset.ref, asset.url, asset.id, asset.expiresAt.getTime()],
      ['file-7', undefined, undefined, 1e12],
    );
  }
});

test('an exception in fragment() is reported, and loses no asset', async (t) => {
  const reported = t.mock.method(console, 'error', () => {}).mock;
  const fragment = () => {
    throw new Error('no fragment');
  };
  const { ref, requestFragment } = await upload(pixel, { provider: presignedPut({ sign, fragment }) });
  assert.equal(requestFragment, ref);
  assert.deepEqual(
    reported.calls.map(({ arguments: [error] }) => error.message),
    ['no fragment'],
  );
});

test('an invalid limit rejects with a TypeError', async () => {
  for (const [limits, words] of [
    [{ maxBytes: 1.5 }, /maxBytes must be a whole number, not 1\.5/],
    [{ minWidth: -1 }, /minWidth must be a whole number, not -1/],
    [{ maxDuration: '7' }, /maxDuration must be a number, not 7/],
    [{ mimes: ['image/nope'] }, /'image\/nope'/],
    [{ mimes: 'image/*' }, /mimes must be an array, not image\/\*/],
    [{ maxSize: 7 }, /there is no limit 'maxSize'/],
  ]) {
    await assert.rejects(upload(pixel, { provider: presignedPut({ sign, rules: [limits] }) }).result, (error) => {
      assert.ok(error instanceof TypeError);
      return words.test(error.message);
    });
  }
});

test('one bound of a limit is enough', async () => {
  const refused = async (limits) => {
    const error = await upload(pixel, { provider: presignedPut({ sign, rules: [limits] }) }).catch((error) => error);
    return error.violations?.map(({ rule }) => rule);
  };
  assert.deepEqual(await refused({ minHeight: 2 }), ['min_height']);
  assert.deepEqual(await refused({ minWidth: 2 }), ['min_width']);
  assert.equal(
    await refused({ minWidth: 1, maxDuration: 3.5, maxAspectRatio: 16 / 9, maxBytes: undefined }),
    undefined,
  );
});

const parts = (more) =>
  presignedParts({
    create: () => ({ uploadId: 'u1', partSize: 40 }),
    sign: ({ parts }) => parts.map(({ number }) => ({ number, url: `https://bucket.test/${number}?sig=1` })),
    complete: () => ({ url: 'https://bucket.test/a' }),
    ...more,
  });

test('a backend that signs parts gets their numbers, sizes and digests', async () => {
  const calls = [];
  const provider = parts({
    sign: ({ uploadId, parts }) => {
      calls.push(uploadId, ...parts.map(({ number, bytes }) => `${number} ${bytes}`));
      return parts.map(({ number }) => ({
        number,
        url: `https://bucket.test/${number}?sig=1`,
        expiresAt: Date.now() + 60_000,
      }));
    },
    complete: ({ uploadId, parts, file }, { attempt }) => {
      calls.push(`${uploadId} ${parts.length} ${file.bytes} ${attempt}`);
      assert.ok(parts.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256)));
      return { url: 'https://bucket.test/a', sha256: file.sha256 };
    },
  });
  const asset = await upload(pixel, { provider });
  assert.deepEqual([asset.url, asset.provider], ['https://bucket.test/a', 'custom']);
  assert.deepEqual(
    calls.filter((call) => call !== 'u1'),
    ['1 40', '2 30', 'u1 2 70 1'],
  );
});

test('an invalid result about parts fails the upload with the name of its field', async () => {
  const url = 'https://bucket.test/1?sig=1';
  for (const [more, stage, field] of [
    [{ create: () => undefined }, 'ticket', 'create'],
    [{ create: () => ({}) }, 'ticket', 'uploadId'],
    [{ create: () => ({ uploadId: '' }) }, 'ticket', 'uploadId'],
    [{ create: () => ({ uploadId: 'u', partSize: 0 }) }, 'ticket', 'part_size'],
    [{ create: () => ({ uploadId: 'u', partSize: 1.5 }) }, 'ticket', 'partSize'],
    [{ sign: () => ({}) }, 'transfer', 'sign'],
    [{ sign: () => [] }, 'transfer', 'parts'],
    [{ sign: () => [{ number: 1 }] }, 'transfer', 'url'],
    [{ sign: () => [{ url }] }, 'transfer', 'number'],
    [{ sign: () => [{ number: 1, url: '/a' }] }, 'transfer', 'put_url'],
    [{ complete: () => ({}) }, 'transfer', 'url'],
  ])
    assert.deepEqual(await failed(parts(more)), ['malformed_response', stage, field], String(Object.values(more)));
});

test('parts that the backend does not have are sent again', async () => {
  const numbers = [];
  const differ = () => new Response(JSON.stringify({ error: { code: 'parts_differ', parts: [2] } }), { status: 409 });
  const answers = [differ, () => ({ url: 'https://bucket.test/a' })];
  const provider = parts({
    sign: ({ parts }) => {
      numbers.push(...parts.map(({ number }) => number));
      return parts.map(({ number }) => ({ number, url: `https://bucket.test/${number}?sig=1` }));
    },
    complete: () => answers.shift()(),
  });
  await upload(pixel, { provider });
  assert.deepEqual(numbers, [1, 2, 2]);
});

test('a backend whose upload is gone creates it again, once, and the page hears of it', async () => {
  let created = 0;
  let restarts = 0;
  const create = () => ({ uploadId: `u${++created}`, partSize: 40 });
  const gone = () => new Response('{}', { status: 404 });
  const onRestarted = () => restarts++;
  const complete = ({ uploadId }) => (uploadId === 'u1' ? gone() : { url: 'https://bucket.test/a' });
  await upload(pixel, { provider: parts({ create, complete }), onRestarted });
  assert.deepEqual([created, restarts], [2, 1]);
  const error = await upload(pixel, { provider: parts({ create, complete: gone }), onRestarted }).catch(
    (error) => error,
  );
  assert.deepEqual([error.code, error.status, created, restarts], ['refused', 404, 4, 2]);
});

test('an upload that is aborted while its parts are sent is discarded', async () => {
  const discarded = new Promise((resolve) => {
    const sending = new AbortController();
    const provider = parts({
      complete: () => {
        sending.abort();
        return new Promise(() => {});
      },
      abort: ({ uploadId }) => resolve(uploadId),
    });
    upload(pixel, { provider, signal: sending.signal }).catch(() => {});
  });
  assert.equal(await discarded, 'u1');
});

test('presignedParts() names the callback that is missing', () => {
  for (const name of ['create', 'sign', 'complete'])
    assert.throws(() => parts({ [name]: undefined }), new TypeError(`presignedParts() needs the callback ${name}()`));
});
