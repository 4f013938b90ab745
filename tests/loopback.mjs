// Servers on this machine: each listens on a free port of the loopback interface.

import { createServer } from 'node:net';

/** Starts a server. `stop` also breaks its connections. */
export async function listen(server) {
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const stop = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections?.();
    });
  return { url: `http://127.0.0.1:${server.address().port}`, stop };
}

/** Starts a server for as long as `life` lasts, and returns its URL. */
export async function listenFor(life, server) {
  const { url, stop } = await listen(server);
  life.after(stop);
  return url;
}

/** A port that a program can listen on. */
export async function freePort() {
  const { url, stop } = await listen(createServer());
  await stop();
  return Number(new URL(url).port);
}
