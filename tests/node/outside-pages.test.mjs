// The package where there is no page: uploads by fetch in Node, close(), and what rejects with its cause.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { close, deleteAsset, listAssets, presignedPut, probe, sha256, upload } from 'mediaferry';
import { options as apiframe, gate, mockFetch, ready, shortenTimers } from './mock-network.mjs';

const root = new URL('../../', import.meta.url);
const bytes = readFileSync(new URL('tests/fixtures/e2e/cat.jpg', root));
const SUM = createHash('sha256').update(bytes).digest('hex');
const photo = () => new File([bytes], 'cat.jpg', { type: 'image/jpeg' });
const OPTIONS = { provider: 'modelhunter', gateway: 'http://gateway.test/' };

shortenTimers();
beforeEach(() => close());

/** ModelHunter's responses, as its page documents them. */
const modelhunter = ({ url }) => {
  const path = new URL(url).pathname;
  if (path.endsWith('/upload-url')) {
    const data = {
      upload_url: 'http://storage.test/a?X-Amz-Signature=b',
      file_id: 'a',
      expires_at: '2099-01-01T00:00:00Z',
    };
    return { success: true, data };
  }
  if (path === '/a') return new Response();
  return {
    success: true,
    data: { id: 'a', url: 'https://cdn.test/a', content_type: 'image/jpeg', size_bytes: bytes.length },
  };
};

test('Node uploads a file by fetch; all of it is reported as sent once it is', async () => {
  const bodies = [];
  const requests = mockFetch(async (request) => {
    if (request.method === 'PUT') bodies.push(Buffer.from(await request.arrayBuffer()));
    return modelhunter(request);
  });
  const progress = [];
  const asset = await upload(photo(), { ...OPTIONS, onProgress: (report) => progress.push(report) });
  assert.deepEqual([asset.ref, asset.sha256], ['https://cdn.test/a', SUM]);
  assert.ok(bodies.length === 1 && bodies[0].equals(bytes));
  assert.equal(requests.filter((request) => request.startsWith('PUT')).length, 1);
  const sent = progress.map(({ sentBytes }) => sentBytes);
  assert.deepEqual([...new Set(sent)], [0, bytes.length]);
  assert.ok(
    progress.some(({ sentBytes, fraction }) => sentBytes > 0 && fraction < 1),
    'before the end',
  );
  assert.ok(progress.every(({ fraction }, at) => fraction >= (progress[at - 1]?.fraction ?? 0)));
});

test('a relative gateway is a TypeError that says what to pass', async () => {
  mockFetch(() => assert.fail('it was called'));
  await assert.rejects(upload(photo(), { provider: 'modelhunter' }).result, {
    name: 'TypeError',
    message: /'\/'.*absolute URL/,
  });
});

for (const entry of ['index', 'inline', 'standalone']) {
  test(`a program that imports ${entry}.js ends by itself after a probe`, async () => {
    const script = `
      import { readFileSync } from 'node:fs';
      import { probe, upload } from './dist/${entry}.js';
      const { format } = await probe(new Blob([readFileSync('tests/fixtures/media/windows.bmp')]));
      console.log(format);`;
    const options = { cwd: fileURLToPath(root), timeout: 20_000 };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], options);
    assert.equal(stdout.trim(), 'BMP');
  });
}

test('close() interrupts what is running, and a retry starts another core', async () => {
  const { open, opened } = gate();
  const aborted = [];
  mockFetch(async (request) => {
    request.signal.addEventListener('abort', () => aborted.push(request.method));
    if (request.method === 'PUT') await opened;
    return modelhunter(request);
  });
  const task = upload(photo(), OPTIONS);
  while (task.stage !== 'transfer') await new Promise(setImmediate);
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  await close();
  await assert.rejects(task.result, {
    name: 'UploadError',
    code: 'interrupted',
    retryable: true,
    outcomeUnknown: false,
  });
  await new Promise(setImmediate);
  assert.ok(aborted.includes('PUT'), 'the request is aborted');
  open();
  task.retry();
  assert.equal((await task).sha256, SUM);
  assert.equal((await probe(photo())).format, 'JPEG');
});

test('close() frees the memory of the core', async () => {
  const memories = [];
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class extends Instance {
    constructor(...given) {
      super(...given);
      memories.push(Object.values(this.exports).find((one) => one instanceof WebAssembly.Memory));
    }
  };
  try {
    // A name of some megabytes takes as much of the memory.
    await probe(new File([bytes], 'x'.repeat(20_000_000)));
    const sizes = () => memories.map(({ buffer }) => buffer.byteLength);
    const before = memories.length;
    assert.ok(Math.max(0, ...sizes()) > 20_000_000 || before === 0);
    await close();
    await new Promise(setImmediate);
    assert.equal(memories.length, before + 1, 'the instance is replaced');
    assert.ok(memories.at(-1).buffer.byteLength < 3_000_000);
  } finally {
    WebAssembly.Instance = Instance;
  }
});

test('on a page without an origin, whatever needs the gateway rejects at once, and nothing is sent', async (t) => {
  const requests = mockFetch(modelhunter);
  globalThis.origin = 'null';
  t.after(() => delete globalThis.origin);
  const onerouter = { provider: 'onerouter', gateway: 'http://gateway.test/' };
  const calls = [
    () => upload(photo(), OPTIONS).result,
    () => upload('https://a.test/a.png', apiframe).result,
    () => deleteAsset('a', onerouter),
    () => listAssets(onerouter).next(),
  ];
  for (const call of calls) await assert.rejects(call(), { name: 'SetupError', code: 'opaque_origin' });
  assert.equal((await probe(photo())).format, 'JPEG');
  assert.equal(await sha256(photo()), SUM);
  assert.deepEqual(requests, []);
  // A backend of one's own may accept such pages.
  const provider = presignedPut({ sign: () => ({ url: 'http://storage.test/a' }) });
  assert.equal((await upload(photo(), { provider })).url, 'http://storage.test/a');
});

test('a file whose content cannot be read, as that of jsdom, is unsupported', async () => {
  const requests = mockFetch(ready);
  const file = { [Symbol.toStringTag]: 'File', size: 3, type: 'image/png', name: 'a.png', slice: () => file };
  Object.setPrototypeOf(file, { [Symbol.toStringTag]: 'Blob' });
  for (const call of [() => probe(file), () => sha256(file), () => upload(file, OPTIONS).result]) {
    await assert.rejects(call(), ({ name, code, message, hint }) => {
      assert.deepEqual([name, code], ['SetupError', 'unsupported']);
      return message.endsWith(hint) && /jsdom.*mediaferry\/testing/.test(hint);
    });
  }
  assert.deepEqual(requests, []);
});
