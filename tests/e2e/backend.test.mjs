// A page with a backend of its own, and one with a gateway that requires a token: which callbacks are called, and how the upload ends.

import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { inTurn, json, startBackend } from './backend.mjs';
import { BLANK, openTab, startBrowser } from './browser.mjs';
import { REAL } from './fixtures.mjs';
import { lifetime } from './lifetime.mjs';

const [PHOTO] = REAL;
const TOKEN = 'tok-1f93-of-the-page';

let browser;
let backend;

function setUp() {
  const life = lifetime({ after });
  before(async () => {
    backend = await startBackend(life);
    browser = await startBrowser(life);
  });
  beforeEach(() => backend.reset());
}

/** Uploads the photo from a page of the backend's; `options` is a function that the page evaluates, of the package. */
async function upload(t, options, given = PHOTO) {
  const tab = await openTab(t, browser, backend.url + BLANK);
  const input = await tab.holding([given]);
  const result = await tab.page.evaluate(
    async (input, options, storage) => {
      const known = await import('/mediaferry/index.js');
      const recorded = { calls: [], retries: [], waits: [], fractions: [] };
      const listeners = {
        onRetry: ({ error, delayMillis }) => {
          recorded.retries.push(error);
          recorded.waits.push(delayMillis);
        },
        onProgress: ({ fraction }) => recorded.fractions.push(fraction),
      };
      try {
        const created = await new Function(`return (${options})`)()({ ...known, recorded, storage });
        const asset = await known.upload(input.files[0], { ...listeners, ...created });
        return { ...recorded, asset: { ...asset, expiresAt: asset.expiresAt?.getTime() } };
      } catch (error) {
        const { name, message, code, stage, provider, outcomeUnknown, providerMessage, own } = error;
        return { ...recorded, error: { name, message, code, stage, provider, outcomeUnknown, providerMessage, own } };
      }
    },
    input,
    String(options),
    backend.storage,
  );
  assert.deepEqual(tab.errors, []);
  return { ...result, requestLines: backend.requestLines() };
}

/** Signs and confirms by the backend's API. */
const putting = ({ presignedPut }) => ({
  provider: presignedPut({
    id: 'mine',
    sign: (file, { signal }) => fetch('/sign', { method: 'POST', body: JSON.stringify(file), signal }),
    confirm: (file, { key }, { signal }) =>
      fetch('/confirm', { method: 'POST', body: JSON.stringify({ ...file, key }), signal }),
  }),
  headers: { 'x-tenant': '7' },
  token: 'tok-1f93-of-the-page',
});

const signed = () => json({ url: `${backend.storage}/a?sig=1`, headers: { 'x-acl': 'private' }, key: 'k1' });
const asset = (more) => json({ url: `${backend.url}/files/a`, id: 'a', ...more });
const stored = { status: 200 };

suite('a backend of the page', () => {
  setUp();

  test('signs a PUT, and confirms it after the transfer', async (t) => {
    backend.routes = { 'POST /sign': signed, 'PUT /a': () => stored, 'POST /confirm': () => asset() };
    const { asset: created, fractions, requestLines } = await upload(t, putting);
    assert.deepEqual([created?.ref, created?.provider, created?.sha256], [`${backend.url}/files/a`, 'mine', PHOTO.sum]);
    assert.deepEqual(requestLines, ['POST /sign', 'PUT /a', 'POST /confirm']);
    const [sign, put, confirm] = backend.requests;
    const about = { name: PHOTO.name, mime: 'image/jpeg', bytes: PHOTO.bytes.length };
    assert.deepEqual(JSON.parse(sign.body), about);
    assert.deepEqual(JSON.parse(confirm.body), { ...about, sha256: PHOTO.sum, key: 'k1' });
    assert.ok(put.body.equals(PHOTO.bytes));
    assert.deepEqual([put.headers['content-type'], put.headers['x-acl']], ['image/jpeg', 'private']);
    for (const { headers } of backend.requests) assert.ok(!headers.authorization && !headers['x-tenant']);
    assert.equal(fractions.at(-1), 1);
  });

  test('works without confirm, and receives the checksum in sign with checksum: true', async (t) => {
    backend.routes = { 'POST /sign': signed, 'PUT /a': () => stored };
    const { asset: created } = await upload(t, ({ presignedPut }) => ({
      provider: presignedPut({
        checksum: true,
        sign: async (file) => await (await fetch('/sign', { method: 'POST', body: JSON.stringify(file) })).json(),
        fragment: (ref, kind) => ({ [`${kind}_url`]: ref }),
      }),
    }));
    assert.deepEqual([created?.ref, created?.provider], [`${backend.storage}/a`, 'custom']);
    assert.deepEqual(created.requestFragment, { image_url: created.ref });
    assert.equal(JSON.parse(backend.requests[0].body).sha256, PHOTO.sum);
  });

  test('sign is called again if storage rejects the URL or is busy', async (t) => {
    const busy = { status: 503, headers: { 'retry-after': '1' } };
    const denied = { status: 403, body: '<Error><Code>AccessDenied</Code></Error>' };
    backend.routes = {
      'POST /sign': inTurn(busy, signed),
      'PUT /a': inTurn(denied, stored),
      'POST /confirm': inTurn(busy, json({ pending: 'job 1' })),
      'GET /status/job%201': inTurn(busy, json({ pending: 'job 1' }), () => asset()),
    };
    const result = await upload(t, ({ defineProvider, recorded }) => ({
      provider: defineProvider({
        id: 'mine',
        sign: (_, { attempt }) => {
          recorded.calls.push(attempt);
          return fetch('/sign', { method: 'POST' });
        },
        confirm: () => fetch('/confirm', { method: 'POST' }),
        status: async (id) => {
          const response = await fetch(`/status/${encodeURIComponent(id)}`);
          // As one throws who knows no Response.
          if (!response.ok) throw Object.assign(new Error('busy'), { status: response.status, retryAfter: 1 });
          return await response.json();
        },
      }),
    }));
    const { asset: created, requestLines, retries, waits, calls } = result;
    assert.equal(created?.id, 'a');
    const status = Array(3).fill('GET /status/job%201');
    const signs = ['POST /sign', 'POST /sign', 'PUT /a', 'POST /sign', 'PUT /a'];
    assert.deepEqual(requestLines, [...signs, 'POST /confirm', 'POST /confirm', ...status]);
    assert.deepEqual(calls, [1, 2, 3]);
    assert.deepEqual(retries, Array(3).fill('unavailable'));
    assert.deepEqual(waits, Array(3).fill(1_000), 'as each Retry-After says');
  });

  test('an error of a callback rejects the upload', async (t) => {
    const { error, requestLines, retries } = await upload(t, ({ presignedPut }) => ({
      provider: presignedPut({
        sign() {
          throw Object.assign(new RangeError('no more room'), { own: { left: 0 } });
        },
      }),
    }));
    assert.deepEqual([error.name, error.message, error.own], ['RangeError', 'no more room', { left: 0 }]);
    assert.deepEqual([requestLines, retries], [[], []]);
  });

  test('a callback without a connection is called again, then the upload fails with network', async (t) => {
    const { error, calls } = await upload(t, ({ presignedPut, recorded }) => ({
      retryTimeout: 2_000,
      provider: presignedPut({
        sign: (_, { attempt }) => {
          recorded.calls.push(attempt);
          // No server listens there; the browser reports a network error.
          return fetch('http://127.0.0.1:9/sign');
        },
      }),
    }));
    assert.deepEqual([error.code, error.stage], ['network', 'ticket']);
    assert.ok(calls.length > 2 && calls.every((attempt, at) => attempt === at + 1), `${calls}`);
  });

  test('a rejection or an invalid result fails the upload with the reason', async (t) => {
    backend.routes = { 'POST /sign': () => json({ error: { code: 'no_such_album' } }, 403) };
    const refused = await upload(t, putting);
    assert.deepEqual([refused.error.code, refused.error.providerMessage], ['refused', 'no_such_album']);
    for (const [url, field] of [
      ['/a', 'url'],
      ['data:,', 'url'],
      [undefined, 'url'],
    ]) {
      backend.routes = { 'POST /sign': () => json({ url }) };
      const { error } = await upload(t, putting);
      assert.deepEqual([error.code, error.stage, error.provider], ['malformed_response', 'ticket', 'mine']);
      assert.match(error.message, new RegExp(`\\(${field}\\)\\.$`));
    }
    backend.routes = { 'POST /sign': () => ({ status: 200, body: '<!doctype html>' }) };
    assert.match((await upload(t, putting)).error.message, /\(sign\)\.$/);
  });

  test('has its own limits, by MIME types of supported formats', async (t) => {
    const small = await upload(t, ({ presignedPut }) => ({
      provider: presignedPut({ rules: [{ mimes: ['image/*'], maxBytes: 1_000 }], sign() {} }),
    }));
    assert.deepEqual([small.error.code, small.requestLines], ['rejected', []]);
    const unknown = await upload(t, ({ presignedPut }) => ({
      provider: presignedPut({ rules: [{ mimes: ['image/nope'] }], sign() {} }),
    }));
    assert.equal(unknown.error.name, 'TypeError');
    assert.match(unknown.error.message, /no format has the MIME type 'image\/nope'/);
    const neither = await upload(t, ({ defineProvider }) => ({ provider: defineProvider({ id: 'mine' }) }));
    assert.match(neither.error.message, /either sign\(\) or form\(\)/);
  });

  test('accepts a form, which is sent once', async (t) => {
    const form = ({ defineProvider }) => ({
      provider: defineProvider({
        id: 'mine',
        form: () => ({ url: new URL('/files', location).href, field: 'upload', fields: { album: 7 } }),
        read: ({ file }) => ({ url: file }),
      }),
    });
    backend.routes = { 'POST /files': () => json({ file: `${backend.url}/files/a` }, 201) };
    const { asset: created, requestLines } = await upload(t, form);
    assert.deepEqual([created?.ref, requestLines], [`${backend.url}/files/a`, ['POST /files']]);
    const [{ body, headers }] = backend.requests;
    const sent = await new Response(body, { headers: { 'content-type': headers['content-type'] } }).formData();
    assert.deepEqual([...sent.keys()], ['album', 'upload']);
    assert.deepEqual(
      [sent.get('album'), sent.get('upload').name, sent.get('upload').type],
      ['7', PHOTO.name, PHOTO.type],
    );
    assert.ok(Buffer.from(await sent.get('upload').arrayBuffer()).equals(PHOTO.bytes));

    backend.reset();
    backend.routes = { 'POST /files': () => ({ status: 503 }) };
    const { error, requestLines: again } = await upload(t, form);
    assert.deepEqual([error.code, error.outcomeUnknown, again], ['unavailable', true, ['POST /files']]);
  });
});

suite('a gateway that requires a token', () => {
  setUp();

  const API = '/providers/modelhunter/api/v1/files';
  const ticket = () => json({ success: true, data: { upload_url: `${backend.storage}/a?sig=1`, file_id: 'f1' } });
  const done = () => json({ success: true, data: { id: 'f1', url: `${backend.url}/files/a` } });
  const door = { status: 401, headers: { 'content-type': 'text/html' }, body: '<h1>Who are you?</h1>' };

  /** Lets in who has this token. */
  const guarded = (token, respond) => (request) =>
    request.headers.authorization === `Bearer ${token}` ? respond() : door;

  const withToken = ({ recorded }) => ({
    provider: 'modelhunter',
    headers: { 'X-Tenant': '7', 'Content-Type': 'text/plain' },
    token: (why, { signal }) => {
      recorded.calls.push([why, signal.aborted]);
      return why === 'initial' ? 'outdated' : 'tok-1f93-of-the-page';
    },
  });

  test('receives another token after a 401, and storage receives none', async (t) => {
    backend.routes = {
      [`POST ${API}/upload-url`]: guarded(TOKEN, ticket),
      'PUT /a': () => stored,
      [`POST ${API}/f1/complete`]: guarded(TOKEN, done),
    };
    const { asset: created, calls, requestLines } = await upload(t, withToken);
    assert.equal(created?.ref, `${backend.url}/files/a`);
    assert.deepEqual(calls, [
      ['initial', false],
      ['unauthorized', false],
    ]);
    assert.deepEqual(requestLines, [...Array(2).fill(`POST ${API}/upload-url`), 'PUT /a', `POST ${API}/f1/complete`]);
    for (const { method, headers } of backend.requests) {
      const expected = method === 'PUT' ? [undefined, 'image/jpeg'] : ['7', headers['content-type']];
      assert.deepEqual([headers['x-tenant'], headers['content-type']], expected);
      assert.equal(headers.authorization === undefined, method === 'PUT');
      assert.notEqual(headers['content-type'], 'text/plain');
    }
  });

  test('that rejects both tokens fails the upload without revealing them', async (t) => {
    backend.routes = { [`POST ${API}/upload-url`]: () => door };
    const { error, requestLines, retries } = await upload(t, withToken);
    assert.deepEqual([error.code, requestLines.length, retries], ['unauthenticated', 2, ['unauthenticated']]);
    assert.ok(!JSON.stringify(error).includes(TOKEN));
    backend.routes = { 'POST /providers/relaydance/v1/files': () => door };
    const fixed = await upload(t, () => ({ provider: 'relaydance', token: 'tok-1f93-of-the-page' }));
    assert.deepEqual([fixed.error.code, fixed.error.outcomeUnknown], ['unauthenticated', false]);
    assert.equal(backend.requests.at(-1).headers.authorization, `Bearer ${TOKEN}`);
  });

  test('receives no request if the token function throws', async (t) => {
    const thrown = await upload(t, () => ({
      provider: 'modelhunter',
      token: async () => {
        throw Object.assign(new Error('logged out'), { own: 1 });
      },
    }));
    assert.deepEqual([thrown.error.message, thrown.error.own, thrown.requestLines], ['logged out', 1, []]);
    for (const token of [
      () => ({ token: () => 'two\nlines' }),
      () => ({ token: 'two\nlines' }),
      () => ({ token: () => {} }),
    ]) {
      const created = new Function(`return () => ({ provider: 'modelhunter', ...(${token})() })`)();
      const { error, requestLines } = await upload(t, created);
      assert.deepEqual([error.name, requestLines], ['TypeError', []]);
      assert.doesNotMatch(error.message, /lines/);
    }
  });
});
