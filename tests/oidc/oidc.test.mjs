// The gateway with the tokens of a real OpenID Connect issuer, whose keys are replaced while both run.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '../cluster/cluster.mjs';
import { freePort } from '../loopback.mjs';
import { AUDIENCE, createKey, startIssuer } from './issuer.mjs';

/** At most one fetch of the JWK Set in this time: `PAUSE` of `gateway/src/identity/jwks.rs`. */
const PAUSE_SECONDS = 30;

describe('tokens of an OpenID Connect issuer', () => {
  let issuer;
  let gateway;
  let origin;

  before(async () => {
    issuer = await startIssuer(createKey('RS256', 'first'));
    const port = await freePort();
    const env = {
      MEDIAFERRY_IDENTITY_MODE: 'jwt',
      MEDIAFERRY_IDENTITY_JWKS_URL: issuer.jwks,
      MEDIAFERRY_IDENTITY_ISSUER: issuer.url,
      MEDIAFERRY_IDENTITY_AUDIENCE: AUDIENCE,
      MEDIAFERRY_IDENTITY_LEEWAY_SECONDS: '0',
      MEDIAFERRY_IDENTITY_OWNER_SECRET: 'an-owner-secret-of-at-least-32-bytes',
      MEDIAFERRY_S3_ENDPOINT: 'http://127.0.0.1:9',
      MEDIAFERRY_S3_REGION: 'auto',
      MEDIAFERRY_S3_BUCKET: 'media',
      MEDIAFERRY_S3_ACCESS_KEY_ID: 'id',
      MEDIAFERRY_S3_SECRET_ACCESS_KEY: 'secret',
      MEDIAFERRY_ADMIN_BIND: 'off',
    };
    gateway = await start(process.env.MEDIAFERRY_GATEWAY, ['--port', String(port)], env, /mediaferry gateway: /);
    origin = `http://127.0.0.1:${port}`;
  });

  after(async () => {
    await gateway?.stop('SIGKILL');
    issuer?.stop();
  });

  /** Requests a ticket; returns `ok`, or the status and the message of the error. */
  const send = async (token) => {
    const response = await fetch(`${origin}/staging`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ content_type: 'image/png', size_bytes: 1 }),
    });
    const body = await response.json();
    return response.ok ? 'ok' : `${response.status} ${body.error.message}`;
  };

  test('are accepted, and others are not', async () => {
    const token = await issuer.token();
    assert.equal(await send(token), 'ok');
    const brief = await issuer.token({ client: 'brief' });
    await sleep(2000);
    const [header, claims, signature] = token.split('.');
    const other = { ...JSON.parse(Buffer.from(claims, 'base64url')), sub: 'another-user' };
    const forged = Buffer.from(JSON.stringify(other)).toString('base64url');
    const rejected = {
      'no token': [undefined, /token/],
      expired: [brief, /expired/],
      'for another audience': [await issuer.token({ audience: 'https://other.example/' }), /audience/],
      'with another signature': [
        `${header}.${claims}.${signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`,
        /signature/,
      ],
      'with other claims': [`${header}.${forged}.${signature}`, /signature/],
      'without a signature': [`${header}.${claims}.`, /signature/],
    };
    for (const [name, [bad, reason]] of Object.entries(rejected)) {
      const result = await send(bad);
      assert.match(result, /^401 /, name);
      assert.match(result, reason, name);
    }
    assert.equal(issuer.fetches(), 1, 'the keys are cached');
  });

  test('with a new key are accepted after the keys are fetched again, and tokens with the old key no longer', async () => {
    const old = await issuer.token();
    issuer.rotate(createKey('ES256', 'second'));
    assert.equal(await send(old), 'ok', 'the removed key is accepted until the next fetch');
    const renewed = await issuer.token();
    const begun = performance.now();
    const seconds = () => (performance.now() - begun) / 1000;
    // Each has an unknown key, and none may cause another fetch.
    while ((await send(renewed)) !== 'ok') {
      assert.ok(seconds() < PAUSE_SECONDS + 5, `the new key is unknown after ${seconds()} s`);
      await sleep(100);
    }
    assert.equal(issuer.fetches(), 2, 'one fetch, however many tokens with an unknown key arrived');
    assert.match(await send(old), /^401 .*key/);
    assert.equal(issuer.fetches(), 2);
  });
});
