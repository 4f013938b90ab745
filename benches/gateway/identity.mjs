// Users for the benchmark: an issuer's key set, and a token.

import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { listen } from '../../tests/loopback.mjs';

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Serves a JWK Set. Returns a token that is signed with its key, and the gateway's settings for identity and limits. */
export async function startIssuer() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }];
  const server = createServer((_, response) => response.end(JSON.stringify({ keys })));
  const { url: issuer, stop } = await listen(server);
  const exp = Math.floor(Date.now() / 1000) + 24 * 3600;
  const claims = { iss: issuer, aud: 'gateway', sub: 'user-42', exp };
  const signed = `${base64url({ alg: 'RS256', kid: 'k' })}.${base64url(claims)}`;
  const token = `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
  const many = '4000000000';
  const variables = {
    MEDIAFERRY_IDENTITY_MODE: 'jwt',
    MEDIAFERRY_IDENTITY_JWKS_URL: `${issuer}/keys`,
    MEDIAFERRY_IDENTITY_ISSUER: issuer,
    MEDIAFERRY_IDENTITY_AUDIENCE: 'gateway',
    MEDIAFERRY_IDENTITY_OWNER_SECRET: 'an-owner-secret-of-at-least-32-bytes',
    MEDIAFERRY_LIMITS_UPLOADS_PER_MINUTE: many,
    MEDIAFERRY_LIMITS_BYTES_PER_DAY: '1000000000000000',
    MEDIAFERRY_LIMITS_KINDS: 'image,video,audio',
  };
  return { token, variables, stop };
}
