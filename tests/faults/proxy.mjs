// An HTTP proxy between the page and a server, which breaks connections as a fault specifies.

import { Agent, createServer, request as send } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeBroken } from './broken-response.mjs';
import { ConnectionBroken } from './fault.mjs';

const agent = new Agent({ keepAlive: false });

/**
 * Starts one, for as long as `life` lasts. `origin` returns the server behind it for a request's path, `rewrite` changes
 * the text of a JSON response, `findFault` returns the fault that breaks a request, if any, and `onForwarded` is called
 * once the server has responded, before the response is returned.
 */
export async function startProxy(life, parts) {
  const proxy = new FaultyProxy(parts);
  await proxy.listen();
  life.after(() => proxy.close());
  return proxy;
}

class FaultyProxy {
  #server = createServer((request, response) =>
    this.#serve(request, response).catch((error) => error instanceof ConnectionBroken || request.socket.destroy()),
  );
  /** How many requests each open connection has carried. */
  #sockets = new Map();
  /** How many requests the server behind has not responded to. */
  #forwarded = 0;
  /** Called with each new connection, if set. */
  onConnection;
  /** Whether connections are kept for more than one request. */
  keepsAlive = false;

  constructor(parts) {
    Object.assign(this, parts);
    Object.assign(this.#server, { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });
    this.#server.on('connection', (socket) => {
      this.#sockets.set(socket, 0);
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
      this.onConnection?.(socket);
    });
  }

  /** Accepts connections, on the same port as before. */
  async listen() {
    if (this.#server.listening) return;
    const { port = 0 } = this;
    await new Promise((resolve, reject) => this.#server.once('error', reject).listen(port, '127.0.0.1', resolve));
    this.port = this.#server.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
  }

  /** Refuses connections, until it listens again. */
  refuse() {
    this.#server.close();
    this.closeUnused();
  }

  /** Breaks connections as soon as they are there, until the function that it returns is called. */
  breakEach(breakConnection) {
    const broken = [];
    this.onConnection = (socket) => {
      broken.push(socket);
      breakConnection(socket);
    };
    this.closeUnused();
    return () => {
      this.onConnection = undefined;
      for (const socket of broken) socket.destroy();
    };
  }

  /** Closes connections that have carried no request: a browser opens some ahead of time. */
  closeUnused() {
    for (const [socket, requests] of this.#sockets) if (requests === 0) socket.destroy();
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Waits until the server behind has responded to everything. */
  async settled() {
    while (this.#forwarded > 0) await sleep(10);
  }

  async #serve(request, response) {
    const { socket, method, url } = request;
    const requests = this.#sockets.get(socket) ?? 0;
    this.#sockets.set(socket, requests + 1);
    const line = `${method} ${url.split('?')[0]}`;
    const fault = this.findFault(line, requests > 0);
    const reach = async (at) => fault?.apply(at, socket);
    await reach('request head');
    const body = new Body(request);
    await body.read(body.length >> 1);
    await reach('request middle');
    if (fault?.point.at === 'forwarded middle') {
      const outgoing = this.#send(request);
      outgoing.on('error', () => {}).write(body.bytes);
      await reach('forwarded middle').finally(() => outgoing.destroy());
    }
    await body.read(Number.POSITIVE_INFINITY);
    await reach('request end');
    const outgoing = this.#send(request);
    if (fault?.point.at === 'processing') {
      // The server has the whole request and works on it when both connections break.
      await new Promise((resolve) => outgoing.on('error', () => {}).end(body.bytes, resolve));
      await reach('processing').finally(() => outgoing.destroy());
    }
    const received = await this.#receive(outgoing, body.bytes);
    this.onForwarded(line);
    await reach('before response');
    const isBroken = fault && !(fault.isDelay && fault.point.at !== 'response middle');
    if (isBroken) return await writeBroken(socket, received, fault.framing, reach);
    const connection = this.keepsAlive ? 'keep-alive' : 'close';
    response.writeHead(received.status, { ...received.headers, connection }).end(received.body);
  }

  #send({ method, url, headers }) {
    const origin = this.origin(url);
    const { connection: _, ...kept } = headers;
    // A page is loaded anew; of a PUT, the header is signed.
    if (method === 'GET') for (const name of ['if-none-match', 'if-modified-since']) delete kept[name];
    // The gateway compares a page's origin with the host; what is signed for storage is signed for its own name.
    if (this.isStorage) kept.host = new URL(origin).host;
    return send(origin + url, { method, headers: kept, agent });
  }

  async #receive(outgoing, bytes) {
    this.#forwarded += 1;
    try {
      const incoming = await new Promise((resolve, reject) => {
        outgoing.on('response', resolve).on('error', reject).end(bytes);
      });
      const body = await buffer(incoming);
      // The page is of the proxy's own origin; its policy would name the real ones.
      const { 'transfer-encoding': _, 'content-security-policy': __, ...headers } = incoming.headers;
      const isJson = headers['content-type']?.startsWith('application/json');
      const rewritten = isJson ? Buffer.from(this.rewrite(body.toString())) : body;
      headers['content-length'] = rewritten.length;
      return { status: incoming.statusCode, headers, body: rewritten };
    } finally {
      this.#forwarded -= 1;
    }
  }
}

/** A request's body, as far as it has been read: the rest stays in the browser or in the system's buffers. */
class Body {
  #pieces;
  #read = [];
  #size = 0;

  constructor(request) {
    this.length = Number(request.headers['content-length'] ?? 0);
    this.#pieces = request.iterator({ destroyOnReturn: false });
  }

  async read(size) {
    while (this.#size < size) {
      const { value, done } = await this.#pieces.next();
      if (done) return;
      this.#read.push(value);
      this.#size += value.length;
    }
  }

  get bytes() {
    return Buffer.concat(this.#read);
  }
}
