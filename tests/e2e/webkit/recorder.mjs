// Every request of the browser, as a proxy sees it: WebDriver tells nothing of them.

import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import { pipeline } from 'node:stream';

/** How a request failed that the page gave up. */
export const ABORTED = 'aborted';

/**
 * Starts a proxy for plain HTTP, so that nothing outside this machine is reached. `emit` hears of each request what
 * puppeteer's pages tell: `request`, and then `requestfinished` or `requestfailed`.
 */
export async function startRecorder(emit) {
  const server = createServer((request, response) => record(request, response, relay(request, response), emit));
  server.on('connect', (_request, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { address: `127.0.0.1:${server.address().port}`, close };
}

/** Passes a request on, and its answer back; what breaks on one side breaks on the other, as without a proxy. */
function relay(request, response) {
  const { method, url, headers, socket } = request;
  const passed = { answer: undefined, broken: false };
  const breakOff = () => {
    passed.broken ||= !socket.destroyed;
    socket.destroy();
  };
  const onward = send(url, { method, headers, agent: false }, (answer) => {
    passed.answer = answer.on('error', breakOff);
    response.writeHead(answer.statusCode, answer.statusMessage, answer.rawHeaders);
    pipeline(answer, response, () => {});
  });
  onward.on('error', breakOff);
  response.on('close', () => onward.destroy());
  pipeline(request, onward, () => {});
  return passed;
}

/** Tells of a request and its end, in the shape of puppeteer's. */
function record({ method, url, headers }, response, passed, emit) {
  const seen = {
    method: () => method,
    url: () => url,
    headers: () => headers,
    response: () => passed.answer && { status: () => passed.answer.statusCode },
    failure: () => (response.writableFinished ? null : { errorText: passed.broken ? 'broken' : ABORTED }),
  };
  emit('request', seen);
  response.on('close', () => emit(response.writableFinished ? 'requestfinished' : 'requestfailed', seen));
}
