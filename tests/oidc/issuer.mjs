// An OpenID Connect issuer (oidc-provider) whose keys can be replaced while it runs.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';
import { listen } from '../loopback.mjs';

/** The API that tokens are for, unless another is requested. */
export const AUDIENCE = 'https://gateway.example/';
/** The clients, and how many seconds their tokens are valid. */
const CLIENTS = { app: 600, brief: 1 };
const SECRET = 'a-client-secret';

/** A private key with an id, for this algorithm. */
export function createKey(alg, kid) {
  const { privateKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}

/** Starts an issuer with one key. `rotate` replaces it, `token` requests a token, `fetches` counts requests for the JWK Set. */
export async function startIssuer(key) {
  const server = createServer();
  const { url, stop } = await listen(server);
  let fetches = 0;
  let handle;
  server.on('request', (request, response) => {
    if (request.url === '/jwks') fetches += 1;
    handle(request, response);
  });
  const rotate = (next) => {
    handle = new Provider(url, configuration(next)).callback();
  };
  rotate(key);
  return { url, jwks: `${url}/jwks`, rotate, fetches: () => fetches, token: (options) => token(url, options), stop };
}

const configuration = (key) => ({
  jwks: { keys: [key] },
  clients: Object.keys(CLIENTS).map((client_id) => ({
    client_id,
    client_secret: SECRET,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    id_token_signed_response_alg: key.alg,
  })),
  ttl: { ClientCredentials: (_context, _token, client) => CLIENTS[client.clientId] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context, audience) => ({
        scope: '',
        audience,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: key.alg } },
      }),
    },
  },
});

async function token(url, { audience = AUDIENCE, client = 'app' } = {}) {
  const response = await fetch(`${url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client}:${SECRET}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: audience }),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(`the issuer returned ${response.status}: ${JSON.stringify(body)}`);
  return body.access_token;
}
