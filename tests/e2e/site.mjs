// A web server for pages that the gateway does not serve: other origins, other policies, missing files.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { listenFor } from '../loopback.mjs';

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/**
 * Serves what `folders` has below each prefix, with these headers, for as long as `life` lasts. `overrides`
 * replaces the response of a path: `{ status, type, body }`.
 */
export async function startSite(life, { folders, headers = {}, overrides = {} }) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://site');
    const { status = 200, type, body } = overrides[pathname] ?? find(folders, pathname);
    response.writeHead(status, { ...headers, 'content-type': type }).end(body);
  });
  return { url: await listenFor(life, server) };
}

function find(folders, pathname) {
  const path = normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
  for (const [prefix, folder] of Object.entries(folders)) {
    if (!path.startsWith(prefix)) continue;
    try {
      const body = readFileSync(join(folder, path.slice(prefix.length)));
      return { type: TYPES[extname(path)] ?? 'application/octet-stream', body };
    } catch {
      // Not in this one.
    }
  }
  return { status: 404, type: 'text/plain', body: 'not found' };
}
