// A proxy between a browser and a gateway that closes a reused connection once it has read a POST in full, before any
// response: what a server does whose idle timeout ends at that very moment.

import { Agent, createServer, request as forward } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { listenFor } from '../loopback.mjs';

/**
 * Starts one in front of `target`, for as long as `life` lasts. `drops` says when it closes: `'unforwarded'`, before the gateway
 * gets the POST; `'running'`, while the gateway works on it, whose connection closes too; `'responded'`, after the gateway's
 * response. `posts` has each POST to a provider: the attempt's `id`, and whether it was `dropped`.
 */
export async function startDroppingProxy(life, target) {
  const proxy = { url: '', drops: undefined, posts: [] };
  const agent = new Agent({ keepAlive: false });
  const used = new WeakSet();
  const server = createServer(async (request, response) => {
    const { socket, method, url, headers } = request;
    const reused = used.has(socket);
    used.add(socket);
    const body = await buffer(request);
    const isPost = method === 'POST' && url.startsWith('/providers/');
    const drops = isPost && reused && proxy.drops;
    if (isPost) proxy.posts.push({ id: headers['mediaferry-attempt'], dropped: Boolean(drops) });
    if (drops === 'unforwarded') return socket.destroy();
    const outgoing = forward(target + url, { method, headers, agent });
    outgoing.on('response', (incoming) => {
      if (drops) return socket.destroy();
      response.writeHead(incoming.statusCode, incoming.headers);
      incoming.pipe(response);
    });
    outgoing.on('error', () => socket.destroy());
    outgoing.end(body);
    if (drops !== 'running') return;
    await sleep(100);
    outgoing.destroy();
    socket.destroy();
  });
  proxy.url = await listenFor(life, server);
  return proxy;
}
