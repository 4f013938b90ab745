// A response written byte by byte, so that it can break anywhere and may have a wrong length.

import { setTimeout as sleep } from 'node:timers/promises';

/** What is sent where a response has no body that could break. */
const FILLER = Buffer.from('{}        ');
/** By how many bytes a wrong length is wrong. */
const WRONG_BY = 10;

/** Writes a response with this framing; calls `reach` at each point, which may break the connection and throw. */
export async function writeBroken(socket, { status, headers, body: received }, framing, reach) {
  const body = received.length ? received : FILLER;
  const { 'content-length': _, ...others } = headers;
  const length = framingHeader(framing, body.length);
  const lines = Object.entries({ ...others, ...length, connection: 'close' }).map((pair) => `${pair.join(': ')}\r\n`);
  const isChunked = framing === 'chunked';
  const half = body.length >> 1;
  const write = async (bytes) => {
    const framed = isChunked ? [`${bytes.length.toString(16)}\r\n`, bytes, '\r\n'] : [bytes];
    await written(socket, Buffer.concat(framed.map((part) => Buffer.from(part))));
  };
  await written(socket, `HTTP/1.1 ${status} Status\r\n${lines.join('')}\r\n`);
  await reach('response head');
  await write(body.subarray(0, half));
  await reach('response middle');
  await write(body.subarray(half));
  await reach('response end');
  if (isChunked) await written(socket, '0\r\n\r\n');
  socket.end();
}

function framingHeader(framing, length) {
  const lengths = { length, 'too long': length + WRONG_BY, 'too short': length - WRONG_BY };
  return framing === 'chunked' ? { 'transfer-encoding': 'chunked' } : { 'content-length': lengths[framing] };
}

/** Writes, and lets the browser see it before anything else happens. */
async function written(socket, bytes) {
  await new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve())));
  await sleep(20);
}
