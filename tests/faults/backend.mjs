// The backend of a page's own providers: it signs and confirms a PUT, takes forms, and serves files by URL.

import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenFor } from '../loopback.mjs';

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, PUT',
  'access-control-allow-headers': '*',
};

/** Starts it, for as long as `life` lasts. `assets` has what it has made, by id: `{ bytes }`. */
export async function startBackend(life) {
  const [stored, assets, files] = [new Map(), new Map(), new Map()];
  const shown = (id) => ({ id, url: `https://own.example/${id}`, sha256: sha256(assets.get(id).bytes) });

  const handlers = {
    'POST /own/sign': async (request) => {
      const { storage } = JSON.parse(await buffer(request));
      const key = randomUUID();
      return { key, url: `${storage}/own/put/${key}` };
    },
    'PUT /own/put': async (request, key) => {
      stored.set(key, await buffer(request));
      return {};
    },
    // Confirming twice confirms the same file.
    'POST /own/confirm': async (request) => {
      const { key } = JSON.parse(await buffer(request));
      assets.set(key, { bytes: stored.get(key) });
      return { pending: key };
    },
    'GET /own/status': async (_, key) => shown(key),
    'POST /own/ticket': async (request) => {
      const { url } = JSON.parse(await buffer(request));
      return { url: `${url}/own/form`, field: 'file' };
    },
    'POST /own/form': async (request) => {
      const headers = { 'content-type': request.headers['content-type'] };
      const form = await new Response(await buffer(request), { headers }).formData();
      const id = randomUUID();
      assets.set(id, { bytes: Buffer.from(await form.get('file').arrayBuffer()) });
      return shown(id);
    },
    'GET /own/file': async (_, name) => files.get(name),
  };

  const server = createServer(async (request, response) => {
    const { method, url } = request;
    const [, path, last] = /^(\/own\/\w+)\/?(.*)$/.exec(url) ?? [];
    if (method === 'OPTIONS') return response.writeHead(204, CORS).end();
    // A request that breaks off makes nothing.
    const made = await handlers[`${method} ${path}`]?.(request, last).catch(() => undefined);
    if (made === undefined) return response.writeHead(404, CORS).end();
    if (Buffer.isBuffer(made)) return response.writeHead(200, CORS).end(made);
    response.writeHead(200, { ...CORS, 'content-type': 'application/json' }).end(JSON.stringify(made));
  });
  return { url: await listenFor(life, server), assets, files };
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
