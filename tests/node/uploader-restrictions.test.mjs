// Uploader: the sources that a queue accepts, and its restrictions.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { UploadError, Uploader } from 'mediaferry';
import { loadCore, mockFetch, options, settle, shortenTimers } from './mock-network.mjs';
import { jpeg, png, record, scripted, url } from './queue/helpers.mjs';

before(async () => {
  await loadCore();
  shortenTimers();
});

test('a restriction that does not exist is a TypeError that names it', () => {
  for (const name of ['maxFilesize', 'maxbytes', 'allowedTypes'])
    assert.throws(
      () => new Uploader({ ...options, restrictions: { [name]: 1 } }),
      new TypeError(`there is no restriction '${name}'`),
    );
});

test('the allowed types may be one string, as in an input', async () => {
  const { Uploader, described } = await scripted();
  new Uploader({ ...options, restrictions: { allowedFileTypes: 'image/*,.mov' } }).add(png);
  await settle();
  assert.deepEqual(described[0][2].accept, ['image/*', '.mov']);
});

test('add() rejects a file with every restriction that it violates', () => {
  const uploader = new Uploader({
    ...options,
    autoProceed: false,
    restrictions: {
      maxFileSize: 7,
      minFileSize: 8,
      maxTotalFileSize: 9,
      maxNumberOfFiles: 2,
    },
  });
  const events = record(uploader, 'restriction-failed');
  const rules = (file) => {
    try {
      uploader.add(file);
      return [];
    } catch (error) {
      assert.ok(error instanceof UploadError && error.code === 'rejected' && !error.retryable);
      assert.deepEqual(events.at(-1).slice(1), [file, error.violations]);
      return error.violations.map(({ rule }) => rule);
    }
  };
  const file = (size, name, type) => new File([new Uint8Array(size)], name, { type });
  assert.deepEqual(rules(file(8, 'a.png', 'image/png')), ['maxFileSize']);
  assert.deepEqual(rules(file(7, 'a.png', 'image/png')), ['minFileSize']);
  assert.deepEqual(rules(file(10, 'a.txt', 'text/plain')), ['maxFileSize', 'maxTotalFileSize']);
  assert.deepEqual(uploader.tasks, []);
  uploader.add(url(1));
  uploader.add(url(2));
  assert.deepEqual(rules(url(3)), ['maxNumberOfFiles']);
  assert.equal(uploader.tasks.length, 2);
});

test('allowedFileTypes are compared with the content, by every alias of a format', async () => {
  const requests = mockFetch(() => new Promise(() => {}));
  const outcome = async (allowed) => {
    const uploader = new Uploader({ ...options, restrictions: { allowedFileTypes: allowed } });
    const task = uploader.add(new File([jpeg], 'a.png', { type: 'image/png' }));
    try {
      for await (const event of task) if (event.type === 'stage' && event.stage !== 'inspect') return 'allowed';
    } finally {
      uploader.cancelAll();
    }
  };
  for (const allowed of ['image/*', '*/*', 'IMAGE/JPEG', '.JPG', ' image/jpeg ', '.jpeg', '.jfif', 'image/jpg'])
    assert.equal(await outcome([allowed]), 'allowed', allowed);
  assert.equal(await outcome(['video/*', '.jpg']), 'allowed');
  for (const refused of ['image/png', '.png', 'video/*'])
    await assert.rejects(outcome([refused]), (error) => {
      assert.deepEqual(error.violations, [{ rule: 'allowedFileTypes', actual: 'JPEG', limit: [refused] }]);
      return error.code === 'rejected';
    });
  assert.deepEqual(
    requests.filter((request) => request.includes('assets')),
    [],
  );
});

test('allowedFileTypes are passed to the core for each file, but for no URL', async () => {
  const { Uploader, described } = await scripted();
  const allowedFileTypes = ['image/*', '.mov'];
  const uploader = new Uploader({ ...options, restrictions: { allowedFileTypes, maxFileSize: 100 } });
  uploader.add(png);
  uploader.add(url(1));
  uploader.options = options;
  uploader.add(png);
  await settle();
  assert.deepEqual(
    described.map(([method, own, { accept }]) => [method, 'accept' in own, 'restrictions' in own, accept]),
    [
      ['upload', false, false, allowedFileTypes],
      ['upload', false, false, undefined],
      ['upload', false, false, undefined],
    ],
  );
});

test('addAll() accepts a single source, and rejects anything else with a TypeError', async () => {
  const uploader = new Uploader({ ...options, autoProceed: false });
  for (const source of [png, new Blob(['x']), url(1), new URL(url(2))])
    assert.deepEqual(
      (await uploader.addAll(source)).map((task) => task.source),
      [source],
    );
  for (const nothing of [undefined, 42, {}])
    await assert.rejects(uploader.addAll(nothing), { name: 'TypeError', message: /a File, a Blob, a URL/ });
  assert.deepEqual(await uploader.addAll(null), [], 'the `files` of another input');
  await assert.rejects(uploader.addAll([png, null]), (error) => {
    assert.equal(error.message, '1 of the files could not be read');
    return error instanceof AggregateError && error.errors[0] instanceof TypeError;
  });
  assert.equal(uploader.tasks.length, 5);
});
