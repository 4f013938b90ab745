// Runs a core for a page, in the worker or, if no worker can start, on the main thread.

import type * as generated from '../generated/core.js';
import * as formats from '../generated/formats.js';
import { freeBuffer } from './free-buffer.js';
import { beginInspection } from './inspections.js';
import type { Call, CoreEvent, FromHost, InnerEvent, Outcome, ToHost } from './protocol.js';
import { digest } from './web-crypto.js';

/** What wasm-bindgen generates for a core. A script has only one. */
type Core = Pick<typeof generated, '__wbg_reset_state' | 'cancelTask' | 'onTrap' | 'runTask' | 'setPaused'> & {
  initSync(options: { module: WebAssembly.Module }): unknown;
};

/** What runs a core for a page. */
export interface Host {
  /**
   * Returns a function that handles the page's messages. The host replies through `send`. `free` is called when it is no longer
   * needed; a worker is terminated instead.
   */
  createHost(send: (messages: FromHost[]) => void, free?: (calls: Calls) => void): (message: ToHost) => void;
  /** Cancels all calls, and then replaces the instances by new ones, so that their memory is freed. */
  freeCore(calls: Calls): Promise<void>;
}

/** The hosts that have started the core in this script. All but the first need a new instance. */
let starts = 0;
let formatsState: 'absent' | 'ready' | 'dead' = 'absent';
let probes = 0;

/** How long an event that only informs the page may wait for other messages. */
const EVENT_DELAY_MILLIS = 8;

/** The calls that are running, by their ids. */
type Calls = ReadonlyMap<number, Promise<void>>;

export const hostOf = (core: Core): Host => ({
  createHost: (...args) => createHost(core, ...args),
  freeCore: (calls) => freeCore(core, calls),
});

function createHost(
  core: Core,
  send: (messages: FromHost[]) => void,
  free?: (calls: Calls) => void,
): (message: ToHost) => void {
  const post = createOutbox(send);
  const running = new Map<number, Promise<void>>();
  const pendingQueries = new Map<number, (reply: unknown) => void>();
  let queries = 0;

  async function run(id: number, { source, json }: Call): Promise<void> {
    let inspection: Promise<() => void> | undefined;
    let isInspecting = true;
    const endInspection = () => {
      isInspecting = false;
      inspection?.then((end) => end());
    };
    const queryPage = (what: string, about: unknown) => {
      const query = queries++;
      post({ type: 'query', id, query, what, about });
      return new Promise((resolve) => pendingQueries.set(query, resolve));
    };
    // What the host does itself has a name that no callback of a provider has.
    const query = async (what: string, about: unknown) => {
      if (what === 'readBlob') {
        // Later, only the end of the file is read, to find out whether it is still there.
        if (isInspecting) inspection ??= beginInspection();
        await inspection;
        return await (about as Blob).arrayBuffer();
      }
      if (what === 'digest') return await digest(about as Blob);
      if (what === 'freeBuffer') return freeBuffer(about as ArrayBuffer);
      const reply = await queryPage(what, about);
      return what === 'formats' ? startProbe(reply as WebAssembly.Module, about as number) : reply;
    };
    const onEvent = (event: CoreEvent | InnerEvent | Outcome) => {
      // A paused one must not stop others.
      if (event.type === 'status' || (event.type === 'stage' && event.stage !== 'inspect')) endInspection();
      post({ type: 'event', id, event });
    };
    try {
      await core.runTask(id, source, json, onEvent, query);
    } catch (error) {
      post({ type: 'exception', id, message: error instanceof Error ? error.message : String(error) });
    } finally {
      endInspection();
      running.delete(id);
    }
  }

  return (message) => {
    switch (message.type) {
      case 'start':
        start(core, message.module as WebAssembly.Module, post);
        break;
      case 'call':
        running.set(message.id, run(message.id, message.call));
        break;
      case 'close':
        free?.(running);
        break;
      case 'cancel':
        if (running.has(message.id)) core.cancelTask(message.id);
        break;
      case 'pause':
        if (running.has(message.id)) core.setPaused(message.id, message.paused);
        break;
      case 'reply':
        pendingQueries.get(message.query)?.(message.value);
        pendingQueries.delete(message.query);
        break;
      case 'ping':
        post({ type: 'pong' });
        break;
      // The core listens for these instead of the page's own events, which workers do not receive in every browser.
      case 'visible':
      case 'online':
        globalThis.dispatchEvent(new Event(`mediaferry-${message.type}`));
        break;
    }
  };
}

/** Returns a function that sends messages together, because a message costs more than what it contains. */
function createOutbox(send: (messages: FromHost[]) => void): (message: FromHost) => void {
  let outbox: FromHost[] = [];
  let isTimed = false;
  let isDue = false;
  const flush = () => {
    const messages = outbox;
    outbox = [];
    isDue = false;
    if (messages.length > 0) send(messages);
  };
  return (message) => {
    outbox.push(message);
    if (message.type === 'event' && /^(stage|progress|inspected)$/.test(message.event.type)) {
      if (isTimed) return;
      isTimed = true;
      setTimeout(() => {
        isTimed = false;
        flush();
      }, EVENT_DELAY_MILLIS);
    } else if (!isDue) {
      isDue = true;
      queueMicrotask(flush);
    }
  };
}

function start(core: Core, module: WebAssembly.Module, post: (message: FromHost) => void): void {
  core.onTrap((error) => post({ type: 'error', message: String(error) }));
  try {
    if (starts > 0) core.__wbg_reset_state();
    else core.initSync({ module });
    starts += 1;
    post({ type: 'ready', build: BUILD });
  } catch (error) {
    post({ type: 'error', message: String(error) });
  }
}

async function freeCore(core: Core, calls: Calls): Promise<void> {
  const own = starts;
  for (const id of calls.keys()) core.cancelTask(id);
  await Promise.all(calls.values());
  // Another host may have started meanwhile.
  if (own !== starts) return;
  core.__wbg_reset_state();
  if (formatsState === 'ready') formats.__wbg_reset_state();
}

/**
 * Creates a probe for a file of this size, as `src/browser/formats.rs` expects it. The module is instantiated once, and again
 * only after it has trapped.
 */
function startProbe(module: WebAssembly.Module, size: number): object {
  formats.onTrap(() => {
    formatsState = 'dead';
  });
  if (formatsState === 'dead') formats.__wbg_reset_state();
  else formats.initSync({ module });
  formatsState = 'ready';
  const id = probes++;
  const step = (bytes?: Uint8Array) => {
    const result = formats.step(id, size, bytes);
    // So that another instance, in place of one that has died, does not take a later range for the head of a file.
    size = 0;
    return result;
  };
  return { step, free: () => formats.free(id) };
}
