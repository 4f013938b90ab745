// Runs the core for a page: in the worker, or on the main thread if no worker can start.

import * as core from './generated/core.js';
import * as formats from './generated/formats.js';
import type { Answer, Call, Request } from './protocol.js';

// A second host in this script, after a first whose core died, needs another instance.
let hasStarted = false;
let formatsState: 'absent' | 'ready' | 'dead' = 'absent';
let probes = 0;

/** Receives the page's messages and answers through `answer`. */
export function createHost(answer: (message: Answer) => void): (message: Request) => void {
  const running = new Map<number, AbortController>();
  const asked = new Map<number, (told: unknown) => void>();
  let asks = 0;

  async function run(id: number, call: Call): Promise<void> {
    const abort = new AbortController();
    running.set(id, abort);
    const askPage = (what: string, about: unknown) => {
      const ask = asks++;
      answer({ type: 'ask', id, ask, what, about });
      return new Promise((resolve) => asked.set(ask, resolve));
    };
    const ask = async (what: string, about: unknown) => {
      const told = await askPage(what, about);
      return what === 'formats' ? probeWith(told as WebAssembly.Module, about as number) : told;
    };
    try {
      const value = await perform(call, abort.signal, (event) => answer({ type: 'event', id, event }), ask);
      answer({ type: 'result', id, value });
    } catch (error) {
      answer({ type: 'failure', id, ...describe(error) });
    } finally {
      running.delete(id);
    }
  }

  return (message) => {
    switch (message.type) {
      case 'start':
        start(message.module, answer);
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
      case 'told':
        asked.get(message.ask)?.(message.value);
        asked.delete(message.ask);
        break;
      case 'ping':
        answer({ type: 'pong' });
        break;
      // The core listens for these in place of the page's own events, which workers do not get everywhere.
      case 'visible':
      case 'online':
        globalThis.dispatchEvent(new Event(`mediaferry-${message.type}`));
        break;
    }
  };
}

function start(module: WebAssembly.Module, answer: (message: Answer) => void): void {
  core.onTrap((error) => answer({ type: 'broken', message: String(error) }));
  try {
    if (hasStarted) core.__wbg_reset_state();
    else core.initSync({ module });
    hasStarted = true;
    answer({ type: 'ready', build: BUILD });
  } catch (error) {
    answer({ type: 'broken', message: String(error) });
  }
}

/** A probe of a file of this size, as `src/browser/formats.rs` expects it. The module is started once, and again only after it has trapped. */
function probeWith(module: WebAssembly.Module, size: number): object {
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

function perform(call: Call, signal: AbortSignal, onEvent: (event: never) => void, ask: Ask): unknown {
  switch (call.method) {
    case 'perform':
      return core.perform(call.source, call.call, signal, onEvent, ask);
    case 'checkTogether':
      return core.checkTogether(call.call, call.kinds);
  }
}

/** The core rejects with an object that has a `code`, or with `undefined` when it was cancelled; all else is a bug. */
function describe(error: unknown): Pick<Answer & { type: 'failure' }, 'facts' | 'message'> {
  if (error === undefined) return {};
  if (typeof error === 'object' && error !== null && 'code' in error) return { facts: error as never };
  return { message: error instanceof Error ? error.message : String(error) };
}
