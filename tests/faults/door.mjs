// A proxy that stands between the page and a server, and breaks connections where a fault says so.

import { Agent, createServer, request as send } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Struck } from './fault.mjs';

const agent = new Agent({ keepAlive: false });

/**
 * Starts one, for as long as `life` lasts. `origin` returns the server behind it for a request's path, `edit` changes the
 * text of a JSON response, `find` returns the fault that strikes a request, if any (see `fault.mjs`), and `answers` hears of a
 * request that is about to be answered.
 */
export async function startDoor(life, parts) {
  const door = new Door(parts);
  await door.open();
  life.after(() => door.close());
  return door;
}

class Door {
  #server = createServer((request, response) =>
    this.#serve(request, response).catch((error) => error instanceof Struck || request.socket.destroy()),
  );
  /** How many requests each open connection has carried. */
  #sockets = new Map();
  /** How many requests are with the server behind. */
  #forwarded = 0;
  /** Ends each new connection, where one is set. */
  greet;
  /** Whether connections are kept for more than one request. A browser repeats by itself what broke on a kept one. */
  keeps = false;

  constructor(parts) {
    Object.assign(this, parts);
    Object.assign(this.#server, { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });
    this.#server.on('connection', (socket) => {
      this.#sockets.set(socket, 0);
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
      this.greet?.(socket);
    });
  }

  /** Lets connections in, at the same address as before. */
  async open() {
    if (this.#server.listening) return;
    const { port = 0 } = this;
    await new Promise((resolve, reject) => this.#server.once('error', reject).listen(port, '127.0.0.1', resolve));
    this.port = this.#server.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
  }

  /** Refuses connections; those that a browser has opened ahead of time are closed. */
  shut() {
    this.#server.close();
    this.forget();
  }

  /** Closes the connections that no request has come by yet. */
  forget() {
    for (const [socket, requests] of this.#sockets) if (requests === 0) socket.destroy();
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Waits until the server behind has answered everything. */
  async settled() {
    while (this.#forwarded > 0) await sleep(10);
  }

  async #serve(request, response) {
    const { socket, method, url } = request;
    const requests = this.#sockets.get(socket) ?? 0;
    this.#sockets.set(socket, requests + 1);
    const line = `${method} ${url.split('?')[0]}`;
    const fault = this.find(line, requests > 0);
    const at = async (moment) => fault?.at === moment && (await fault.strike(socket));
    await at('unread');
    const body = new Body(request);
    await body.read(body.length >> 1);
    await at('part');
    if (fault?.at === 'passing') {
      const outgoing = this.#send(request);
      outgoing.on('error', () => {}).write(body.bytes);
      await at('passing').finally(() => outgoing.destroy());
    }
    await body.read(Number.POSITIVE_INFINITY);
    await at('read');
    const outgoing = this.#send(request);
    if (fault?.at === 'working') {
      // The server has the whole request and works on it when both connections break.
      await new Promise((resolve) => outgoing.on('error', () => {}).end(body.bytes, resolve));
      await at('working').finally(() => outgoing.destroy());
    }
    const answer = await this.#answer(outgoing, body.bytes);
    await at('forwarded');
    if (fault && !fault.isPassed) return await breakOff(socket, answer, fault.framing, at);
    this.answers?.(line);
    const connection = this.keeps ? 'keep-alive' : 'close';
    response.writeHead(answer.status, { ...answer.headers, connection }).end(answer.body);
  }

  #send({ method, url, headers }) {
    const origin = this.origin(url);
    const { connection: _, 'if-none-match': __, 'if-modified-since': ___, ...kept } = headers;
    // The gateway compares a page's origin with the host; what is signed for storage is signed for its own name.
    if (this.isStorage) kept.host = new URL(origin).host;
    return send(origin + url, { method, headers: kept, agent });
  }

  async #answer(outgoing, bytes) {
    this.#forwarded += 1;
    try {
      const incoming = await new Promise((resolve, reject) => {
        outgoing.on('response', resolve).on('error', reject).end(bytes);
      });
      const body = await buffer(incoming);
      // The page is of the door's own origin; its policy would name the real ones.
      const { 'transfer-encoding': _, 'content-security-policy': __, ...headers } = incoming.headers;
      const isJson = headers['content-type']?.startsWith('application/json');
      const edited = isJson ? Buffer.from(this.edit(body.toString())) : body;
      return { status: incoming.statusCode, headers: { ...headers, 'content-length': edited.length }, body: edited };
    } finally {
      this.#forwarded -= 1;
    }
  }
}

/** A request's body, as far as it has been read: what nobody reads stays in the browser or on its way. */
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

/** Writes a response by hand, so that it can break anywhere and need not be as long as it says. */
async function breakOff(socket, { status, headers, body: real }, framing, at) {
  // An empty response has no middle.
  const body = real.length ? real : Buffer.from('{}        ');
  const { 'content-length': _, ...others } = headers;
  const lengths = { length: body.length, long: body.length + 10, short: body.length - 10 };
  const isChunked = framing === 'chunked';
  const length = isChunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': lengths[framing] };
  const lines = Object.entries({ ...others, ...length, connection: 'close' });
  const half = body.length >> 1;
  const write = async (bytes) => {
    const framed = isChunked ? [`${bytes.length.toString(16)}\r\n`, bytes, '\r\n'] : [bytes];
    await written(socket, Buffer.concat(framed.map((part) => Buffer.from(part))));
  };
  await written(socket, `HTTP/1.1 ${status} Status\r\n${lines.map((line) => `${line.join(': ')}\r\n`).join('')}\r\n`);
  await at('head');
  await write(body.subarray(0, half));
  await at('body');
  await write(body.subarray(half));
  await at('after');
  if (isChunked) await written(socket, '0\r\n\r\n');
  socket.end();
}

/** Writes, and lets the other side see it before anything else happens. */
async function written(socket, bytes) {
  await new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve())));
  await sleep(20);
}
