// "My own backend": a page and the package without a gateway, an API that signs and confirms, and a storage elsewhere.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const TYPES = { js: 'text/javascript', wasm: 'application/wasm' };

/**
 * Starts both servers, for as long as `life` lasts. `answers` has a function for each request that is no file of the
 * package, by method and path; it gets the request with its body, and gives `{ status, headers, body }`.
 */
export async function startBackend(life) {
  const backend = { requests: [], answers: {} };
  const keep = async (request, origin) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, headers } = request;
    const url = new URL(request.url, origin);
    const kept = { method, path: url.pathname, query: url.search, headers, body: Buffer.concat(chunks) };
    // A browser looks for an icon when it likes.
    if (kept.path !== '/favicon.ico') backend.requests.push(kept);
    return kept;
  };
  const answer = async (kept) => {
    const play = backend.answers[`${kept.method} ${kept.path}`];
    return play ? await play(kept) : { status: 404 };
  };
  backend.url = await listen(life, async (request) => {
    const [, name] = /^\/mediaferry\/([\w.-]+)$/.exec(request.url) ?? [];
    if (name) return await packaged(name);
    return await answer(await keep(request, backend.url));
  });
  // Another origin, as storage is: the browser asks it first, and is told that everything may come.
  backend.storage = await listen(life, async (request) => {
    const open = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'content-type, x-acl' };
    const cors = { ...open, 'access-control-allow-methods': 'PUT, POST' };
    if (request.method === 'OPTIONS') return { status: 204, headers: cors };
    const { headers, ...answered } = await answer(await keep(request, backend.storage));
    return { ...answered, headers: { ...headers, ...cors } };
  });
  /** The requests since the last time, as `PUT /a`. */
  backend.met = () => backend.requests.map(({ method, path }) => `${method} ${path}`);
  backend.calm = () => {
    Object.assign(backend, { requests: [], answers: {} });
  };
  return backend;
}

/** An answer in JSON. */
export const json = (value, status = 200, headers = {}) => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

/** Each of these answers in turn, and then the last again. */
export const inTurn = (...answers) => {
  const left = [...answers];
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

async function listen(life, respond) {
  const server = createServer(async (request, response) => {
    const { status, headers = {}, body = '' } = await respond(request);
    response.writeHead(status, headers).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  life.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${server.address().port}`;
}
