// Runs the core for a page: in the worker, or on the main thread if no worker can start.

import * as core from '../generated/core.js';
import * as formats from '../generated/formats.js';
import type { Call, FromHost, ToHost } from './protocol.js';

// A second host in this script, after a first whose core died, needs another instance.
let hasStarted = false;
let formatsState: 'absent' | 'ready' | 'dead' = 'absent';
let probes = 0;

/** Receives the page's messages and answers through `answer`. */
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
    const ask = async (what: string, about: unknown) => {
      const reply = await queryPage(what, about);
      return what === 'formats' ? startProbe(reply as WebAssembly.Module, about as number) : reply;
    };
    try {
      const value = await runCall(call, abort.signal, (event) => post({ type: 'event', id, event }), ask);
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
        // The core reads the word on the signal once it hears of it: two changes at once are one.
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
      // The core listens for these in place of the page's own events, which workers do not get everywhere.
      case 'visible':
      case 'online':
        globalThis.dispatchEvent(new Event(`mediaferry-${message.type}`));
        break;
    }
  };
}

function start(module: WebAssembly.Module, answer: (message: FromHost) => void): void {
  core.onTrap((error) => answer({ type: 'error', message: String(error) }));
  try {
    if (hasStarted) core.__wbg_reset_state();
    else core.initSync({ module });
    hasStarted = true;
    answer({ type: 'ready', build: BUILD });
  } catch (error) {
    answer({ type: 'error', message: String(error) });
  }
}

/**
 * A probe of a file of this size, as `src/browser/formats.rs` expects it. The module is started once, and again only after it
 * has trapped.
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
    const told = formats.step(id, size, bytes);
    // Another instance, in place of one that has died, takes bytes of the middle for no file's beginning.
    size = 0;
    return told;
  };
  return { step, free: () => formats.free(id) };
}

/** Asks the page something that only it can tell. */
type Ask = (what: string, about: unknown) => Promise<unknown>;

function runCall(call: Call, signal: AbortSignal, onEvent: (event: never) => void, ask: Ask): unknown {
  switch (call.method) {
    case 'perform':
      return core.perform(call.source, call.call, signal, onEvent, ask);
    case 'checkRequest':
      return core.checkRequest(call.call, call.kinds);
  }
}

/** The core rejects with an object that has a `code`, or with `undefined` when it was cancelled; all else is a bug. */
function failureOf(error: unknown): Pick<FromHost & { type: 'failure' }, 'facts' | 'message'> {
  if (error === undefined) return {};
  if (typeof error === 'object' && error !== null && 'code' in error) return { facts: error as never };
  return { message: error instanceof Error ? error.message : String(error) };
}
