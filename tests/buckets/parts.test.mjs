// Uploads in parts with a real store. Ceph 16 lists parts without checksums, and knows another XML than AWS.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startGateway } from '../e2e/gateway.mjs';
import { lifetime } from '../e2e/lifetime.mjs';
import { STORES } from './stores.mjs';

const MIB = 1 << 20;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** An upload of random bytes, as a page sends it. */
class Upload {
  /** `at` is the gateway. */
  static async begin(size, at) {
    const upload = new Upload();
    upload.bytes = randomBytes(size);
    upload.at = at;
    const { status, json } = await post(at, '', { content_type: 'video/mp4', size_bytes: size });
    assert.equal(status, 200, JSON.stringify(json));
    upload.token = json.token;
    upload.partSize = json.part_size;
    upload.numbers = Array.from({ length: Math.ceil(size / json.part_size) }, (_, at) => at + 1);
    return upload;
  }

  post = (path, body = {}, at = this.at) => post(at, path, { ...body, token: this.token });
  part = (number) => this.bytes.subarray((number - 1) * this.partSize, number * this.partSize);
  complete = (at) => this.post('/complete', { sha256: this.numbers.map((number) => sha256(this.part(number))) }, at);

  async sign(numbers) {
    const parts = numbers.map((number) => ({ number, sha256: sha256(this.part(number)) }));
    const { status, json } = await this.post('/sign', { parts });
    assert.equal(status, 200, JSON.stringify(json));
    return json.parts;
  }

  /** Sends a signed part; returns the status, or 0 without a response. */
  async put({ number, put_url, headers }, body = this.part(number)) {
    const named = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
    const response = await fetch(put_url, { method: 'PUT', headers: named, body }).catch(() => undefined);
    await response?.arrayBuffer();
    return response?.status ?? 0;
  }

  /** Stores parts, four at a time. */
  async store(numbers) {
    for (let at = 0; at < numbers.length; at += 16) {
      const parts = await this.sign(numbers.slice(at, at + 16));
      const lanes = Array.from({ length: 4 }, async () => {
        for (let part = parts.pop(); part; part = parts.pop()) assert.equal(await this.put(part), 200);
      });
      await Promise.all(lanes);
    }
  }

  /** The numbers of the stored parts. */
  async stored() {
    const { status, json } = await this.post('/list');
    assert.deepEqual([status, json.status], [200, 'open'], JSON.stringify(json));
    for (const { number, size_bytes } of json.parts) assert.equal(size_bytes, this.part(number).length);
    return json.parts.map(({ number }) => number);
  }

  /** The object is the file. */
  async assertComplete({ status, json }) {
    assert.equal(status, 200, JSON.stringify(json));
    const response = await fetch(json.get_url);
    assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'video/mp4']);
    assert.equal(sha256(Buffer.from(await response.arrayBuffer())), sha256(this.bytes));
  }
}

async function post({ url }, path, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/staging/uploads${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, json: text && JSON.parse(text) };
}

const failure = ({ status, json }) => [status, json.error?.code];

for (const [name, { skip, start }] of Object.entries(STORES)) {
  suite(`parts with ${name}`, { skip }, () => {
    const life = lifetime({ after });
    let store;
    let gateway;

    before(async () => {
      store = await start();
      life.after(store.stop);
      gateway = await startWith(life, MIB);
    });

    /** Starts a gateway whose parts have this size, until the end of `life`. */
    const startWith = (life, partBytes, change = {}) =>
      startGateway(life, { args: ['--part-bytes', String(partBytes)], env: { ...store.variables, ...change } });
    const begin = (size, at = gateway) => Upload.begin(size, at);

    test('a file is stored in parts, and an upload continues at another gateway', async (t) => {
      const other = await startWith(t, MIB, { MEDIAFERRY_S3_IF_NONE_MATCH: 'true' });
      const upload = await begin(20 * MIB + 7);
      assert.equal(upload.partSize, MIB);
      await upload.store([1, 2, 5, 21]);
      assert.deepEqual(await upload.stored(), [1, 2, 5, 21]);
      const incomplete = await upload.complete();
      assert.deepEqual(failure(incomplete), [409, 'parts_differ']);
      upload.at = other;
      const rest = upload.numbers.filter((number) => ![1, 2, 5, 21].includes(number));
      assert.deepEqual(incomplete.json.error.parts, rest);
      await upload.store(rest);
      for (const at of [other, other, gateway]) await upload.assertComplete(await upload.complete(at));
      assert.deepEqual((await upload.post('/list')).json, { status: 'completed' });
    });

    test('a part of another size is rejected', async () => {
      const upload = await begin(2 * MIB);
      const [part] = await upload.sign([1]);
      assert.equal(await upload.put(part, upload.bytes.subarray(0, MIB - 1)), 403);
      assert.deepEqual(await upload.stored(), []);
    });

    test('more than 1,000 parts are listed and completed', async (t) => {
      const small = await startWith(t, 1000);
      const upload = await begin(1_100_500, small);
      assert.equal(upload.numbers.length, 1101);
      await upload.store(upload.numbers.slice(0, -1));
      assert.deepEqual(await upload.stored(), upload.numbers.slice(0, -1));
      assert.deepEqual((await upload.complete()).json.error.parts, [1101]);
      await upload.store([1101]);
      await upload.assertComplete(await upload.complete());
    });

    test('an aborted upload is gone', async () => {
      const upload = await begin(2 * MIB);
      await upload.store([1]);
      for (let times = 0; times < 2; times += 1) assert.equal((await upload.post('/abort')).status, 204);
      assert.deepEqual(failure(await upload.post('/list')), [404, 'upload_not_found']);
      assert.deepEqual(failure(await upload.complete()), [404, 'upload_not_found']);
      const [part] = await upload.sign([2]);
      assert.equal(await upload.put(part), 404);
    });

    test('the store is killed while parts are sent, and the upload continues with those that are stored', async () => {
      const upload = await begin(12 * MIB);
      const parts = await upload.sign(upload.numbers);
      for (const part of parts.slice(0, 3)) assert.equal(await upload.put(part), 200);
      const sending = parts.slice(3, 9).map((part) => upload.put(part));
      await store.killGateway();
      const statuses = await Promise.all(sending);
      assert.deepEqual(failure(await upload.post('/list')), [502, 'storage_unreachable']);
      assert.deepEqual(failure(await upload.complete()), [502, 'storage_unreachable']);
      await store.startGateway();
      const stored = await upload.stored();
      assert.deepEqual(stored.slice(0, 3), [1, 2, 3]);
      for (const [at, status] of statuses.entries())
        assert.ok(status !== 200 || stored.includes(at + 4), `part ${at + 4}`);
      await upload.store(upload.numbers.filter((number) => !stored.includes(number)));
      await upload.assertComplete(await upload.complete());
    });

    test('the store is killed during a completion, which can be repeated', async () => {
      for (const millis of [0, 5, 20]) {
        const upload = await begin(6 * MIB);
        await upload.store(upload.numbers);
        const completing = upload.complete();
        await sleep(millis);
        await store.killGateway();
        const first = await completing;
        assert.ok([200, 502, 503].includes(first.status), JSON.stringify(first));
        await store.startGateway();
        let again = await upload.complete();
        // The killed radosgw has locked the upload for some seconds.
        for (let tries = 0; again.status === 503 && tries < 30; tries += 1) {
          await sleep(500);
          again = await upload.complete();
        }
        await upload.assertComplete(again);
      }
    });

    test('`abort-uploads` aborts old uploads only', async () => {
      const upload = await begin(2 * MIB);
      await upload.store([1]);
      const run = async (...args) => {
        const env = { PATH: process.env.PATH, ...store.variables };
        return (await promisify(execFile)(process.env.MEDIAFERRY_GATEWAY, ['abort-uploads', ...args], { env })).stdout;
      };
      assert.match(await run(), /^0 aborted, \d+ not old enough, 0 failed\n$/);
      assert.deepEqual(await upload.stored(), [1]);
      assert.match(await run('--older-than', '0s'), /^[1-9]\d* aborted, 0 not old enough, 0 failed\n$/);
      assert.deepEqual(failure(await upload.post('/list')), [404, 'upload_not_found']);
    });
  });
}
