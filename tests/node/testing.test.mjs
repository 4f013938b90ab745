// mediaferry/testing: the fake keeps the promises of the package, and nothing of the core is loaded.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import {
  check,
  checkRequest,
  close,
  deleteAsset,
  init,
  listAssets,
  presignedPut,
  probe,
  providers,
  sha256,
  UploadError,
  Uploader,
  upload,
} from 'mediaferry';
import { installFake } from 'mediaferry/testing';
import { bundled } from './bundled.mjs';

const OPTIONS = { provider: 'modelhunter' };
const photo = (name = 'cat.png', type = 'image/png') => new File(['content'], name, { type });

let fake;
const install = (options) => {
  fake = installFake(options);
  return fake;
};
afterEach(() => fake?.uninstall());

/** Whatever would load or send something fails the test. Node's own `Headers` use WebAssembly. */
new Headers();
for (const name of ['fetch', 'Worker'])
  globalThis[name] = () => {
    throw new Error(`${name} was called`);
  };
const { compile, instantiate } = WebAssembly;
for (const name of ['compile', 'instantiate']) {
  const original = WebAssembly[name];
  WebAssembly[name] = (...given) => {
    if (/node:internal|undici/.test(new Error().stack)) return original(...given);
    throw new Error('WebAssembly was called');
  };
}

/** The events of an upload, as an iteration and the listeners see them. */
async function eventsOf(source, options = OPTIONS) {
  const events = [];
  const task = upload(source, options);
  try {
    for await (const event of task) events.push(event);
  } catch (error) {
    events.push({ type: 'error', error });
  }
  return { task, events };
}

const failure = async (source, options = OPTIONS) => {
  const { events } = await eventsOf(source, options);
  const { type, error } = events.at(-1);
  assert.equal(type, 'error');
  return error;
};

test('an upload succeeds, with what the file is taken for', async () => {
  install();
  const file = photo();
  const asset = await upload(file, OPTIONS);
  assert.equal(asset.ref, 'https://assets.invalid/fake-1.png');
  assert.deepEqual([asset.provider, asset.id, asset.requestFragment], ['modelhunter', 'fake-1', asset.ref]);
  const { format, mime, kind, width, height, bytes, name } = asset.media;
  assert.deepEqual([format, mime, kind, width, height], ['PNG', 'image/png', 'image', 1024, 768]);
  assert.deepEqual([bytes, name], [7, 'cat.png']);
  assert.equal(asset.sha256, await sha256(file), 'both are the real checksum');
});

test('a script may set anything in the asset, a date too', async () => {
  install({ upload: { asset: { uri: 'asset://a', expiresAt: new Date(5), raw: { a: 1 } } } });
  const { ref, uri, expiresAt, raw } = await upload(photo(), OPTIONS);
  assert.deepEqual([ref, uri, expiresAt, raw], ['asset://a', 'asset://a', new Date(5), { a: 1 }]);
  fake.reset({ upload: { asset: { ref: 'mine' } } });
  assert.equal((await upload(photo(), { ...OPTIONS, checksum: 'skip' })).sha256, undefined);
  assert.equal((await upload(photo(), OPTIONS)).ref, 'mine');
});

test('events come in the order of the core, and progress keeps its promises', async () => {
  install({ upload: { progress: [0.1, 0.5, 0.5, 1], retries: ['unavailable', 'stalled'] } });
  const seen = [];
  const listen = (name) => (value) => seen.push([name, value]);
  const { task, events } = await eventsOf(photo(), {
    ...OPTIONS,
    onStage: listen('stage'),
    onProgress: listen('progress'),
    onInspected: listen('inspected'),
    onRetry: listen('retry'),
  });
  const stages = seen.filter(([name]) => name === 'stage').map(([, stage]) => stage);
  assert.deepEqual(stages, ['inspect', 'ticket', 'transfer', 'submit', 'process']);
  const order = seen.map(([name, value]) => (name === 'stage' ? value : name)).filter((name) => name !== 'progress');
  assert.deepEqual(order, ['inspect', 'inspected', 'ticket', 'transfer', 'retry', 'retry', 'submit', 'process']);
  const progress = seen.filter(([name]) => name === 'progress').map(([, value]) => value);
  assert.ok(progress.length > 8);
  for (const [at, { fraction, sentBytes, totalBytes }] of progress.entries()) {
    assert.ok(fraction >= (progress[at - 1]?.fraction ?? 0) && fraction <= 1, 'it never decreases');
    assert.ok(fraction < 1 || at === progress.length - 1, 'it is 1 only at the end');
    assert.ok(sentBytes <= totalBytes && totalBytes === 7);
  }
  assert.deepEqual(progress.at(-1), { fraction: 1, sentBytes: 7, totalBytes: 7 });
  const retries = seen.filter(([name]) => name === 'retry').map(([, { error, attempt }]) => [error, attempt]);
  assert.deepEqual(retries, [
    ['unavailable', 1],
    ['stalled', 2],
  ]);
  assert.equal(events[0].type, 'stage');
  assert.equal(events.at(-1).type, 'success');
  assert.deepEqual([task.status, task.stage, task.progress.fraction], ['succeeded', 'process', 1]);
});

test('an error is an UploadError with the facts that its code usually has', async () => {
  install();
  const facts = ({ code, stage, retryable, outcomeUnknown, provider }) => ({
    ...{ code, stage, retryable, outcomeUnknown, provider },
  });
  fake.nextUpload({ error: 'network' });
  const error = await failure(photo());
  assert.ok(error instanceof UploadError);
  assert.equal(error.message, 'The connection failed.');
  const usual = { retryable: true, outcomeUnknown: false, provider: 'modelhunter' };
  assert.deepEqual(facts(error), { code: 'network', stage: 'transfer', ...usual });
  fake.nextUpload({ error: { code: 'quota', limit: 1000, status: 422 } });
  const quota = await failure(photo());
  assert.deepEqual(facts(quota), { ...usual, code: 'quota', stage: 'submit', retryable: false });
  assert.equal(quota.message, 'The account is full: it can hold 1,000 assets.');
  assert.equal(quota.status, 422);
  fake.nextUpload({ error: { code: 'network', stage: 'submit', outcomeUnknown: true } });
  assert.deepEqual(facts(await failure(photo())), {
    ...{ ...usual, code: 'network', stage: 'submit', retryable: false, outcomeUnknown: true },
  });
  const messages = { errors: { network: 'Kein Netz.' } };
  fake.nextUpload({ error: 'network' });
  assert.equal((await failure(photo(), { ...OPTIONS, messages })).message, 'Kein Netz.');
});

test('an upload fails in the stage of its error', async () => {
  install();
  const stagesUntil = async (error, source = photo(), options = OPTIONS) => {
    fake.nextUpload({ error });
    const { events } = await eventsOf(source, options);
    assert.equal(events.at(-1).error.code, error.code);
    return events.flatMap(({ type, stage }) => (type === 'stage' ? stage : type === 'inspected' ? type : []));
  };
  const violations = [{ rule: 'min_width', actual: 1, limit: 128 }];
  assert.deepEqual(await stagesUntil({ code: 'rejected', violations }), ['inspect', 'inspected']);
  assert.deepEqual(await stagesUntil({ code: 'unreadable_file' }), ['inspect']);
  assert.deepEqual(await stagesUntil({ code: 'network', stage: 'ticket' }), ['inspect', 'inspected', 'ticket']);
  assert.deepEqual(await stagesUntil({ code: 'network', stage: 'hash' }), ['inspect', 'inspected', 'hash']);
  assert.equal((await stagesUntil({ code: 'processing_failed' })).at(-1), 'process');
  const url = 'https://example.com/a.png';
  const apiframe = { provider: 'apiframe' };
  assert.deepEqual(await stagesUntil({ code: 'network' }, url, apiframe), ['inspect', 'submit'], 'a URL is not sent');
});

test('retryable codes, and the stages, are those of the core', async () => {
  const guide = readFileSync(new URL('../../docs/guides/errors.md', import.meta.url), 'utf8');
  const rows = [...guide.matchAll(/^\| `(\w+)` \|[^|]*\| (yes|no) \|/gm)];
  assert.ok(rows.length >= 19);
  install();
  for (const [, code, retry] of rows) {
    const error = code === 'rejected' ? { code, violations: [{ rule: 'complete', actual: 1, limit: null }] } : code;
    fake.nextUpload({ error });
    const { retryable, code: actual } = await failure(photo());
    assert.deepEqual([actual, retryable], [code, retry === 'yes'], code);
  }
  const { STAGES } = await bundled("export { STAGES } from './testing/check-script.js'");
  assert.deepEqual(STAGES, ['inspect', 'hash', 'ticket', 'transfer', 'submit', 'process']);
});

test('a retry continues where the upload failed, and has a new attempt', async () => {
  install({ upload: ({ attempt }) => (attempt === 1 ? { error: { code: 'timed_out', stage: 'process' } } : {}) });
  const stages = [];
  const task = upload(photo(), { ...OPTIONS, onStage: (stage) => stages.push(stage) });
  await assert.rejects(task.result, { code: 'timed_out' });
  stages.length = 0;
  task.retry();
  await task;
  assert.deepEqual(stages, ['inspect', 'submit', 'process'], 'the file is not sent again');
  assert.deepEqual(
    fake.calls.map(({ attempt }) => attempt),
    [1, 2],
  );
  await assert.rejects(upload(photo(), OPTIONS).result, { code: 'timed_out' }, 'another upload is a first attempt');
});

test('an upload can be aborted at every point, by its signal or its method', async () => {
  install();
  const stages = ['inspect', 'ticket', 'transfer', 'submit', 'process'];
  for (const stage of stages) {
    const controller = new AbortController();
    const reason = new Error(stage);
    const late = [];
    const listeners = {
      onStage: (started) => {
        if (controller.signal.aborted) late.push(started);
        if (started === stage) controller.abort(reason);
      },
    };
    const task = upload(photo(), { ...OPTIONS, ...listeners, signal: controller.signal });
    await assert.rejects(task.result, (error) => error === reason);
    assert.equal(task.status, 'aborted');
    await new Promise(setImmediate);
    assert.deepEqual(late, [], 'no event comes after an abort');
  }
  fake.reset({ upload: { holdAt: 0.5 } });
  const held = upload(photo(), OPTIONS);
  setTimeout(() => held.abort());
  await assert.rejects(held.result, { name: 'AbortError' });
  const signal = AbortSignal.abort(new Error('before'));
  await assert.rejects(probe(photo(), { signal }), { message: 'before' });
  await assert.rejects(upload(photo(), { ...OPTIONS, signal }).result, { message: 'before' });
});

test('an upload stops at a stage or a fraction, until a promise resolves', async () => {
  for (const [holdAt, stage] of [
    [0.25, 'transfer'],
    ['process', 'process'],
    ['hash', 'hash'],
  ]) {
    let proceed;
    const until = new Promise((resolve) => {
      proceed = resolve;
    });
    install({ upload: { holdAt, until } });
    const task = upload(new File(['0123'], 'a.png', { type: 'image/png' }), OPTIONS);
    await new Promise(setImmediate);
    assert.deepEqual([task.status, task.stage], ['uploading', stage]);
    if (holdAt === 0.25) assert.equal(task.progress.sentBytes, 1);
    proceed();
    await task;
  }
});

test('an upload can be paused, also where it stops, and sends the file again', async () => {
  let proceed;
  const until = new Promise((resolve) => {
    proceed = resolve;
  });
  install({ upload: { holdAt: 0.5, until } });
  const sent = [];
  const onProgress = ({ sentBytes, fraction }) => sent.push([sentBytes, fraction]);
  const task = upload(new File(['0123'], 'a.png', { type: 'image/png' }), { ...OPTIONS, onProgress });
  await new Promise(setImmediate);
  task.pause();
  await new Promise(setImmediate);
  assert.equal(task.status, 'paused');
  proceed();
  await new Promise(setImmediate);
  assert.equal(task.status, 'paused', 'it stays paused');
  sent.length = 0;
  task.resume();
  assert.equal(task.status, 'uploading');
  await task;
  assert.deepEqual(
    sent.map(([bytes]) => bytes).filter((bytes, at, all) => bytes !== all[at - 1]),
    [2, 4],
    'the file is sent again from its first byte',
  );
  assert.ok(sent.every(([, fraction], at) => fraction >= (sent[at - 1]?.[1] ?? 0)));
});

test('steps take the time that is set, and no timer is used otherwise', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  install();
  await upload(photo(), OPTIONS);
  fake.reset({ stepMillis: 100 });
  const task = upload(photo(), OPTIONS);
  const stages = [];
  // A script that is loaded meanwhile may need any number of turns.
  for (const end = Date.now() + 10_000; Date.now() < end && task.status !== 'succeeded'; ) {
    await new Promise(setImmediate);
    if (stages.at(-1) !== task.stage) stages.push(task.stage);
    t.mock.timers.tick(100);
  }
  await task;
  assert.deepEqual(stages, ['inspect', 'ticket', 'transfer', 'submit', 'process']);
});

test('a queue runs on the fake', async () => {
  install({ upload: ({ source }) => (source.name === 'b.png' ? { error: 'unavailable' } : {}) });
  const uploader = new Uploader({ ...OPTIONS, concurrency: 2 });
  const names = [];
  uploader.on('upload-success', ({ source }) => names.push(source.name));
  await uploader.addAll(['a.png', 'b.png', 'c.png'].map((name) => photo(name)));
  const { successful, failed } = await uploader.start();
  assert.deepEqual(names, ['a.png', 'c.png']);
  assert.deepEqual([successful.length, failed.map(({ code }) => code)], [2, ['unavailable']]);
  assert.deepEqual([uploader.progress.succeeded, uploader.progress.failed], [2, 1]);
});

test('files are checked against the limits of the provider', async () => {
  install({ media: { width: 100, height: 800 } });
  const error = await failure(photo());
  assert.equal(error.code, 'rejected');
  assert.deepEqual(error.violations, [
    { rule: 'min_width', actual: 100, limit: 128 },
    { rule: 'max_aspect_ratio', actual: 8, limit: 4 },
  ]);
  fake.reset({});
  assert.equal((await failure(photo('a.txt', 'text/plain'))).code, 'unrecognised_file');
  assert.equal((await failure(new File([], 'a.png'))).violations[0].rule, 'min_bytes');
  const large = Object.defineProperty(photo(), 'size', { value: 10e9 });
  assert.equal((await failure(large)).violations[0].rule, 'max_bytes');
  assert.equal((await failure('https://example.com/a.png')).violations[0].rule, 'source');
  const uploader = new Uploader({ ...OPTIONS, restrictions: { allowedFileTypes: ['video/*', '.jpg'] } });
  await uploader.addAll([photo(), photo('b.jpg', 'image/jpeg')]);
  const { failed } = await uploader.start();
  assert.deepEqual(
    failed.map(({ violations }) => violations[0].rule),
    ['allowedFileTypes'],
  );
});

test('all providers accept a usual file of each format that they name', async () => {
  install();
  for (const { id, accepts, options } of await providers())
    for (const { mimes } of accepts)
      for (const type of mimes) {
        const needed = Object.fromEntries(options.filter(({ required }) => required).map(({ name }) => [name, 'a/b']));
        const { media } = await upload(photo('a', type), { provider: id, ...needed });
        assert.equal(media.mime, type);
        const verdict = (await check(photo('a', type))).find(({ provider }) => provider === id);
        assert.deepEqual([verdict.accepted, verdict.violations], [true, []]);
      }
});

test('probe(), check() and sha256() work, and init() and close() have no effect on the fake', async () => {
  install({ media: (file) => (file.name === 'b.png' ? { width: 7 } : undefined) });
  await init({ wasm: 'nowhere.wasm' });
  assert.deepEqual([(await probe(photo())).width, (await probe(photo('b.png'))).width], [1024, 7]);
  assert.equal((await probe(photo('a.jpeg', ''))).format, 'JPEG');
  assert.match(await sha256(photo()), /^[0-9a-f]{64}$/);
  await assert.rejects(probe(new Blob([])), { code: 'rejected' });
  await assert.rejects(probe(photo('a.txt', 'text/plain')), { code: 'unrecognised_file' });
  const verdicts = await check(photo('a.txt', 'text/plain'));
  assert.ok(verdicts.length >= 5 && verdicts.every(({ accepted }) => !accepted));
  await close();
  assert.equal((await probe(photo())).format, 'PNG');
});

test('a provider has a list of assets, to which uploads are added', async () => {
  const asset = { id: 'a', provider: 'onerouter', status: 'active', raw: {}, expiresAt: new Date(9) };
  install({ assets: [asset, { ...asset, id: 'b' }, { ...asset, provider: 'relaydance' }] });
  const onerouter = { provider: 'onerouter' };
  const list = async () => {
    const ids = [];
    for await (const { id, expiresAt } of listAssets({ ...onerouter, pageSize: 1 }))
      ids.push([id, expiresAt?.getTime()]);
    return ids;
  };
  assert.deepEqual(await list(), [
    ['a', 9],
    ['b', 9],
  ]);
  await upload(photo(), { ...onerouter, model: 'a/b' });
  await deleteAsset('a', onerouter);
  assert.deepEqual(
    (await list()).map(([id]) => id),
    ['b', 'fake-1'],
  );
  await assert.rejects(deleteAsset('a', onerouter), { code: 'refused', status: 404 });
  await assert.rejects(deleteAsset('a', OPTIONS), TypeError);
});

test('references of one request are counted', async () => {
  install();
  const media = Array.from({ length: 10 }, () => ({ kind: 'image' }));
  assert.deepEqual(await checkRequest(media, { provider: 'relaydance' }), [
    { rule: 'max_images', actual: 10, limit: 9 },
  ]);
  assert.deepEqual(await checkRequest(media.slice(1), { provider: 'relaydance' }), []);
});

test('mistakes of the program are TypeErrors, as with the core', async () => {
  install();
  const rejects = (options, message) => assert.rejects(upload(photo(), options).result, { name: 'TypeError', message });
  await rejects({ provider: 'nobody' }, /unknown provider 'nobody'; known: modelhunter/);
  await rejects({ provider: 'onerouter' }, "OneRouter: option 'model' must be a non-empty string");
  await rejects({ provider: 'modelhunter', model: 'a' }, "ModelHunter has no option 'model'");
  await rejects({ provider: 'worldrouter', limit: 'none' }, /option 'limit' must be api, dashboard/);
  await rejects({ provider: 'modelhunter', gateway: 'ftp://a' }, /invalid gateway URL/);
  await assert.rejects(async () => upload(42, OPTIONS).result, TypeError);
});

test('the fake needs no page', async (t) => {
  install();
  globalThis.origin = 'null';
  t.after(() => delete globalThis.origin);
  assert.equal((await upload(photo(), { ...OPTIONS, gateway: '/uploads' })).id, 'fake-1');
});

test('a token is asked for once, and its error is that of the upload', async () => {
  install();
  const asked = [];
  const token = (why) => {
    asked.push(why);
    return 'abc';
  };
  await upload(photo(), { ...OPTIONS, token });
  assert.deepEqual(asked, ['initial']);
  const error = new Error('signed out');
  const fails = () => {
    throw error;
  };
  await assert.rejects(upload(photo(), { ...OPTIONS, token: fails }).result, (thrown) => thrown === error);
  assert.ok(!JSON.stringify(fake.calls).includes('abc'));
});

test('the callbacks of a custom provider are not called', async () => {
  install();
  const provider = presignedPut({
    id: 'mine',
    sign: () => assert.fail('it was called'),
    fragment: (ref, kind) => ({ [kind]: ref }),
  });
  const { provider: id, ref, requestFragment } = await upload(photo(), { provider });
  assert.deepEqual([id, requestFragment], ['mine', { image: ref }]);
});

test('calls are recorded, without tokens and headers', async () => {
  install();
  const file = photo();
  await upload(file, { provider: 'onerouter', model: 'a/b', headers: { 'x-secret': 's3cret' }, token: 't0ken' });
  await upload('https://example.com/a.png', { provider: 'apiframe' });
  await probe(file);
  const [first, second, third] = fake.calls;
  const { method, source, provider, options, attempt } = first;
  assert.deepEqual([method, provider, options, attempt], ['upload', 'onerouter', { model: 'a/b' }, 1]);
  assert.equal(source, file);
  assert.equal(second.source, 'https://example.com/a.png');
  assert.deepEqual([third.method, third.provider], ['probe', undefined]);
  assert.doesNotMatch(JSON.stringify(fake.calls), /s3cret|t0ken/);
});

test('scripts of the next uploads come before the option', async () => {
  install({ upload: { asset: { ref: 'usual' } } });
  fake.nextUpload({ asset: { ref: 'first' } });
  fake.nextUpload({ asset: { ref: 'second' } });
  const refs = [];
  for (let count = 0; count < 3; count++) refs.push((await upload(photo(), OPTIONS)).ref);
  assert.deepEqual(refs, ['first', 'second', 'usual']);
});

test('a script that breaks a promise of the package is rejected, with the value', () => {
  install();
  for (const [script, message] of [
    [{ progress: [0.5, 0.4] }, /progress.*0\.5, 0\.4/],
    [{ progress: [1.1] }, /progress.*1\.1/],
    [{ progress: [Number.NaN] }, /progress.*NaN/],
    [{ holdAt: 2 }, /holdAt.*2/],
    [{ holdAt: 'upload' }, /holdAt.*upload/],
    [{ error: 'no_such_code' }, /no error code 'no_such_code'/],
    [{ error: { code: 'network', stage: 'sending' } }, /stage.*sending/],
    [{ error: 'rejected' }, /violations/],
    [{ error: { code: 'network', outcomeUnknown: true, retryable: true } }, /outcomeUnknown/],
    [{ retries: ['quota'] }, /quota is not retried/],
    [{ retries: ['nothing'] }, /no error code 'nothing'/],
  ]) {
    assert.throws(() => fake.nextUpload(script), { name: 'TypeError', message });
    assert.throws(() => installFake({ upload: script }), { name: 'TypeError', message });
  }
  assert.throws(() => installFake({ stepMillis: -1 }), /stepMillis.*-1/);
});

test('a script that a function returns is checked, too', async () => {
  install({ upload: () => ({ progress: [2] }) });
  await assert.rejects(upload(photo(), OPTIONS).result, { name: 'TypeError', message: /progress.*2/ });
});

test('reset() and uninstall() interrupt what is running, and forget the calls', async () => {
  install({ upload: { holdAt: 'submit' } });
  const [held, fresh] = [upload(photo(), OPTIONS), upload(photo(), OPTIONS)];
  await new Promise(setImmediate);
  fake.reset();
  for (const { result } of [held, fresh]) await assert.rejects(result, { name: 'UploadError', code: 'interrupted' });
  assert.deepEqual(fake.calls, []);
  fake.reset({});
  await upload(photo(), OPTIONS);
  fake.reset({ upload: { holdAt: 'submit' } });
  const immediately = upload(photo(), OPTIONS);
  fake.uninstall();
  await assert.rejects(immediately.result, { code: 'interrupted' });
});

test('a second fake replaces the first, which can no longer remove it', async () => {
  const first = install();
  const second = install({ upload: { asset: { ref: 'second' } } });
  first.uninstall();
  assert.equal((await upload(photo(), OPTIONS)).ref, 'second');
  second.uninstall();
  await assert.rejects(probe(photo()), { name: 'SetupError' });
});

test('all copies of the package use the fake, and the core after it', async () => {
  install();
  const slim = await import('mediaferry/slim');
  assert.equal((await slim.upload(photo(), OPTIONS)).id, 'fake-1');
  fake.uninstall();
  Object.assign(WebAssembly, { compile, instantiate });
  const cat = new Blob([readFileSync(new URL('../fixtures/e2e/cat.jpg', import.meta.url))]);
  await init({ wasm: readFileSync(new URL('../../dist/core.wasm', import.meta.url)) });
  assert.equal((await probe(cat)).width, 320);
  install();
  assert.equal((await probe(photo())).width, 1024);
  fake.uninstall();
  assert.equal((await probe(cat)).width, 320);
});
