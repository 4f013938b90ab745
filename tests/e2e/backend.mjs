// A custom backend: a page with the package and without a gateway, an API that signs and confirms, and a storage server.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listenFor } from '../loopback.mjs';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const TYPES = { js: 'text/javascript', wasm: 'application/wasm' };

/**
 * Starts both servers, for as long as `life` lasts. `routes` has a function for each request that is not a file of
 * the package, by method and path. It receives the request with its body and returns `{ status, headers, body }`.
 */
export async function startBackend(life) {
  const backend = { requests: [], routes: {} };
  const record = async (request, origin) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, headers } = request;
    const url = new URL(request.url, origin);
    const received = { method, path: url.pathname, query: url.search, headers, body: Buffer.concat(chunks) };
    // A browser may request an icon at any time.
    if (received.path !== '/favicon.ico') backend.requests.push(received);
    return received;
  };
  const respond = async (received) => {
    const route = backend.routes[`${received.method} ${received.path}`];
    return route ? await route(received) : { status: 404 };
  };
  backend.url = await serve(life, async (request) => {
    const [, name] = /^\/mediaferry\/([\w.-]+)$/.exec(request.url) ?? [];
    if (name) return await packaged(name);
    return await respond(await record(request, backend.url));
  });
  // Another origin, as storage is: the browser sends a preflight first.
  backend.storage = await serve(life, async (request) => {
    const open = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'content-type, x-acl' };
    const cors = { ...open, 'access-control-allow-methods': 'PUT, POST' };
    if (request.method === 'OPTIONS') return { status: 204, headers: cors };
    const { headers, ...response } = await respond(await record(request, backend.storage));
    return { ...response, headers: { ...headers, ...cors } };
  });
  /** The requests since the last time, as `PUT /a`. */
  backend.requestLines = () => backend.requests.map(({ method, path }) => `${method} ${path}`);
  backend.reset = () => {
    Object.assign(backend, { requests: [], routes: {} });
  };
  return backend;
}

/** A JSON response. */
export const json = (value, status = 200, headers = {}) => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

/** Uses each of these routes in turn, then the last one again. */
export const inTurn = (...routes) => {
  const left = [...routes];
  return (request) => {
    const next = left.length > 1 ? left.shift() : left[0];
    return typeof next === 'function' ? next(request) : next;
  };
};

async function packaged(name) {
  const type = TYPES[name.split('.').at(-1)] ?? 'text/html';
  try {
    return { status: 200, headers: { 'content-type': type }, body: await readFile(join(dist, name)) };
  } catch {
    return { status: 404 };
  }
}

async function serve(life, respond) {
  const server = createServer(async (request, response) => {
    const { status, headers = {}, body = '' } = await respond(request);
    response.writeHead(status, headers).end(body);
  });
  return await listenFor(life, server);
}
