// A proxy in front of storage: it knows what every part cost, loses or replaces responses, and can hold parts back.

import { createServer, request as forward } from 'node:http';
import { listenFor } from '../loopback.mjs';

const PREFLIGHT = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, PUT, POST, DELETE',
  'access-control-allow-headers': '*',
  'access-control-max-age': '3600',
};

/**
 * Starts one in front of the storage at `target`, for as long as `life` lasts. With `sign`, pages may do whatever they get a
 * signature for by POST to `/sign`, and see ETags, as Uppy needs it. Otherwise, storage's own CORS rules apply.
 */
export async function startWire(life, target, { sign } = {}) {
  const { hostname, port } = new URL(target);
  const wire = new Wire({ hostname, port });
  const server = createServer((request, response) => {
    if (!sign) return wire.pass(request, response);
    if (request.method === 'OPTIONS') return response.writeHead(204, PREFLIGHT).end();
    if (request.url === '/sign') return answer(request, response, sign);
    return wire.pass(request, response, {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'ETag',
    });
  });
  server.requestTimeout = 0;
  wire.url = await listenFor(life, server);
  return wire;
}

class Wire {
  /** `{ method, key, number?, uploadId?, bytes, status }`: the bytes of the body so far; no status without a response. */
  requests = [];
  #target;
  #faults = [];
  /** How many parts may be stored. */
  #most = Number.POSITIVE_INFINITY;
  /** The parts that are being sent. */
  #sending = 0;
  #held = [];

  constructor(target) {
    this.#target = target;
  }

  /** The PUTs of parts that storage has accepted. */
  get stored() {
    return this.requests.filter(({ number, status }) => number && status === 200);
  }

  /** The bytes of parts that pages have sent. */
  get sentBytes() {
    return this.requests.reduce((sum, { number, bytes }) => sum + (number ? bytes : 0), 0);
  }

  /** Forgets the requests so far, breaks those that it holds, and lets everything pass. */
  reset() {
    this.requests = [];
    this.#faults = [];
    this.#end(false);
  }

  /**
   * Treats the next request for which `matches` is true differently: `'lose'` breaks the connection instead of its response;
   * otherwise, `{ status, body }` is the response of a request that storage does not get.
   */
  fault(matches, action) {
    this.#faults.push({ matches, action });
  }

  /** Holds parts back once so many are stored, until `release()`. */
  hold(parts) {
    this.#most = parts;
  }

  release() {
    this.#end(true);
  }

  #end(passes) {
    this.#most = Number.POSITIVE_INFINITY;
    for (const go of this.#held.splice(0)) go(passes);
  }

  async pass(incoming, response, headers = {}) {
    const { pathname, searchParams } = new URL(incoming.url, 'http://wire');
    const request = {
      method: incoming.method,
      key: decodeURIComponent(pathname).split('/').slice(2).join('/'),
      number: incoming.method === 'PUT' ? Number(searchParams.get('partNumber')) : 0,
      uploadId: searchParams.get('uploadId') ?? undefined,
      bytes: 0,
    };
    this.requests.push(request);
    const isPart = request.number > 0;
    if (isPart && this.stored.length + this.#sending >= this.#most) {
      const passes = await new Promise((go) => this.#held.push(go));
      if (!passes || incoming.destroyed) return incoming.socket.destroy();
    }
    const at = this.#faults.findIndex(({ matches }) => matches(request));
    const [fault] = at < 0 ? [] : this.#faults.splice(at, 1);
    incoming.on('data', ({ length }) => {
      request.bytes += length;
    });
    if (fault && fault.action !== 'lose') {
      const { status, body } = fault.action;
      incoming.on('end', () => {
        request.status = status;
        response.writeHead(status, { ...headers, 'content-type': 'application/xml' }).end(body);
      });
      return;
    }
    this.#sending += isPart ? 1 : 0;
    const outgoing = forward({
      ...this.#target,
      method: incoming.method,
      path: incoming.url,
      headers: incoming.headers,
    });
    outgoing.on('close', () => {
      this.#sending -= isPart ? 1 : 0;
    });
    outgoing.on('response', (answer) => {
      request.status = answer.statusCode;
      if (fault) return answer.resume().on('end', () => incoming.socket.destroy());
      response.writeHead(answer.statusCode, { ...answer.headers, ...headers });
      answer.pipe(response);
    });
    outgoing.on('error', () => incoming.socket.destroy());
    response.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  }
}

async function answer(request, response, sign) {
  const chunks = await request.toArray();
  const url = sign(JSON.parse(Buffer.concat(chunks).toString()));
  response.writeHead(200, { ...PREFLIGHT, 'content-type': 'application/json' }).end(JSON.stringify({ url }));
}
