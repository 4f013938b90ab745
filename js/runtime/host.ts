// Runs the core for a page, in the worker or, if no worker can start, on the main thread.

import * as core from '../generated/core.js';
import * as formats from '../generated/formats.js';
import type { Call, FromHost, ToHost } from './protocol.js';

// If a core has died, the next host in the same script needs a new instance.
let hasStarted = false;
let formatsState: 'absent' | 'ready' | 'dead' = 'absent';
let probes = 0;

/** Returns a function that handles the page's messages. The host replies through `post`. */
export function createHost(post: (message: FromHost) => void): (message: ToHost) => void {
  const running = new Map<number, AbortController>();
  const pendingQueries = new Map<number, (reply: unknown) => void>();
  let queries = 0;

  async function run(id: number, call: Call): Promise<void> {
    const abort = new AbortController();
    running.set(id, abort);
    const queryPage = (what: string, about: unknown) => {
      const query = queries++;
      post({ type: 'query', id, query, what, about });
      return new Promise((resolve) => pendingQueries.set(query, resolve));
    };
    const query = async (what: string, about: unknown) => {
      const reply = await queryPage(what, about);
      return what === 'formats' ? startProbe(reply as WebAssembly.Module, about as number) : reply;
    };
    try {
      const value = await runCall(call, abort.signal, (event) => post({ type: 'event', id, event }), query);
      post({ type: 'result', id, value });
    } catch (error) {
      post({ type: 'failure', id, ...failureOf(error) });
    } finally {
      running.delete(id);
    }
  }

  return (message) => {
    switch (message.type) {
      case 'start':
        start(message.module, post);
        break;
      case 'call':
        void run(message.id, message.call);
        break;
      case 'abort':
        running.get(message.id)?.abort();
        break;
      case 'pause': {
        const signal = running.get(message.id)?.signal;
        // The core reads the property when it receives the event, so two quick changes are one.
        if (signal) Object.assign(signal, { paused: message.paused }).dispatchEvent(new Event('pause'));
        break;
      }
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

function start(module: WebAssembly.Module, post: (message: FromHost) => void): void {
  core.onTrap((error) => post({ type: 'error', message: String(error) }));
  try {
    if (hasStarted) core.__wbg_reset_state();
    else core.initSync({ module });
    hasStarted = true;
    post({ type: 'ready', build: BUILD });
  } catch (error) {
    post({ type: 'error', message: String(error) });
  }
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

/** Queries the page. */
type QueryPage = (what: string, about: unknown) => Promise<unknown>;

function runCall(call: Call, signal: AbortSignal, onEvent: (event: never) => void, query: QueryPage): unknown {
  switch (call.method) {
    case 'perform':
      return core.perform(call.source, call.call, signal, onEvent, query);
    case 'checkRequest':
      return core.checkRequest(call.call, call.kinds);
  }
}

/** The core rejects with an object that has a `code`, or with `undefined` if the call was cancelled. Any other error is a bug. */
function failureOf(error: unknown): Pick<FromHost & { type: 'failure' }, 'facts' | 'message'> {
  if (error === undefined) return {};
  if (typeof error === 'object' && error !== null && 'code' in error) return { facts: error as never };
  return { message: error instanceof Error ? error.message : String(error) };
}
