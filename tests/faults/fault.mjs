// One fault: which requests it breaks, where in the exchange, and what happens to the connection there.

import { setTimeout as sleep } from 'node:timers/promises';
import { isBeforeRequest } from './points.mjs';

/** Longer than the 30 s that the package waits for a connection to move. */
const STALL_MILLIS = 40_000;
/** Shorter than that: nothing may come of it. */
const DELAY_MILLIS = 2_000;
/** How long connections are refused. */
const REFUSAL_MILLIS = 800;

/** What happens to a connection. Only after a delay does the exchange go on. */
const HOWS = {
  fin: (socket) => socket.end(),
  rst: (socket) => socket.resetAndDestroy(),
  stall: async (socket) => {
    await unlessClosed(socket, STALL_MILLIS);
    socket.end();
  },
  /** Nothing comes, however long the client waits. */
  hang: (socket) => unlessClosed(socket, 10 * 60_000),
  delay: (socket) => unlessClosed(socket, DELAY_MILLIS),
};

/** Thrown once a request's connection was broken, as nothing more is to be done about that request. */
export class ConnectionBroken extends Error {}

export class Fault {
  /** How many requests or connections it has broken. */
  count = 0;
  /** Accepts connections again. */
  restore = () => {};

  /** `line` matches the method and path of the requests that it is for. */
  constructor(line, point) {
    const { framing = 'length', isReused = false, isLasting = false } = point;
    Object.assign(this, { line, point, framing, isReused, times: isLasting ? Number.POSITIVE_INFINITY : 1 });
  }

  /** Whether it breaks this request; it then counts it. */
  matches(line, isReused) {
    if (isBeforeRequest(this.point) || this.count >= this.times || !this.line.test(line)) return false;
    if (this.isReused && !isReused) return false;
    this.count += 1;
    return true;
  }

  /** Breaks the connection, if this is the moment, and throws; or returns after a delay. */
  async apply(at, socket) {
    if (at !== this.point.at) return;
    await HOWS[this.point.how](socket);
    if (this.isDelay) return;
    // A browser that is still sending may not see that the connection has ended.
    setTimeout(() => socket.destroy(), 1_000).unref();
    throw new ConnectionBroken();
  }

  /** Whether the exchange is only delayed. */
  get isDelay() {
    return this.point.how === 'delay';
  }

  /** Refuses or breaks a proxy's connections, for a while or until `restore` is called. */
  breakConnections(proxy) {
    this.count += 1;
    if (this.point.at === 'connecting') {
      proxy.refuse();
      this.restore = () => proxy.listen();
    } else {
      this.restore = proxy.breakEach(HOWS[this.point.how]);
    }
    if (this.times === 1) setTimeout(() => this.restore(), REFUSAL_MILLIS);
  }
}

/** Waits so long, or until the browser has closed the connection. */
async function unlessClosed(socket, millis) {
  const closed = new AbortController();
  const close = () => closed.abort();
  socket.once('close', close);
  await sleep(millis, undefined, { signal: closed.signal, ref: false }).catch(() => {});
  socket.off('close', close);
}
