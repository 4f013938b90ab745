// One fault: which requests it strikes, where in their course, and how the connection ends there.

import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than the 30 s that the package waits for a connection to move. */
const FREEZE_MILLIS = 40_000;
/** Shorter than that: nothing may come of it. */
const PAUSE_MILLIS = 2_000;
/** How long a connection is refused. */
const SHUT_MILLIS = 800;

/** What happens to a connection. Only after a pause does the exchange go on. */
const HOWS = {
  fin: (socket) => socket.end(),
  rst: (socket) => socket.resetAndDestroy(),
  stall: async (socket) => {
    await unlessClosed(socket, FREEZE_MILLIS);
    socket.end();
  },
  /** Nothing comes, however long the other side waits. */
  hang: (socket) => unlessClosed(socket, 10 * 60_000),
  pause: (socket) => unlessClosed(socket, PAUSE_MILLIS),
};

export class Fault {
  /** How many requests it has struck. */
  hits = 0;
  /** Whether it was a pause, which is over. */
  isPassed = false;
  /** Lets in again what it has closed. */
  open = () => {};

  /** `line` is the method and path of the requests that it is for. */
  constructor(line, { at, how, framing = 'length', isReused = false, isLasting = false }) {
    Object.assign(this, { line, at, how, framing, isReused, times: isLasting ? Number.POSITIVE_INFINITY : 1 });
  }

  /** Whether it is a fault of the connection, and not of a request. */
  get isOfConnection() {
    return this.at === 'refused' || this.at === 'accepted';
  }

  /** Whether it strikes this request, which it then counts. */
  takes(line, isReused) {
    if (this.isOfConnection || this.hits >= this.times || !this.line.test(line)) return false;
    if (this.isReused && !isReused) return false;
    this.hits += 1;
    return true;
  }

  /** Ends the connection; throws, so that nothing more is done about the request. */
  async strike(socket) {
    await HOWS[this.how](socket);
    if (this.how === 'pause') {
      this.isPassed = true;
      return;
    }
    // A browser that is still sending may not see that the connection has ended.
    setTimeout(() => socket.destroy(), 1_000).unref();
    throw new Struck();
  }

  /** Whether bytes of the request have left the browser. */
  get hasBytes() {
    return this.at !== 'refused';
  }

  /** Has this door refuse or end connections, for a while or until `open` is called. */
  close(door) {
    this.hits += 1;
    if (this.at === 'refused') {
      door.shut();
      this.open = () => door.open();
    } else {
      door.greet = HOWS[this.how];
      door.forget();
      this.open = () => {
        door.greet = undefined;
      };
    }
    if (this.times === 1) setTimeout(() => this.open(), SHUT_MILLIS);
  }
}

/** Ends the course of a request that was struck. */
export class Struck extends Error {}

/** Waits so long, or until the browser has given the connection up. */
async function unlessClosed(socket, millis) {
  const closed = new AbortController();
  const close = () => closed.abort();
  socket.once('close', close);
  await sleep(millis, undefined, { signal: closed.signal, ref: false }).catch(() => {});
  socket.off('close', close);
}
