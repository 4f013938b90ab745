// The page's connection to a host of the core, which runs in a worker or on the main thread.

import { UploadError } from '../api/error.js';
import type { Messages } from '../api/message-types.js';
import { report } from '../api/report.js';
import type { Stage } from '../api/types.js';
import type { Call, CoreEvent, CoreFacts, FromHost, Known, ToHost } from './protocol.js';

/** A connection to a host that is ready. */
export interface Connection {
  /** Calls the core. Rejects with an `UploadError`, the signal's reason or `CoreLost`. */
  call<T>(call: Call, handlers?: CallHandlers): Promise<T>;
  /** Ends the host. Pending calls reject with `CoreLost`. */
  close(): void;
}

/** The error of a call whose core died or was closed, with the known state of the call. */
export class CoreLost extends Error {
  constructor(
    readonly known: Known & { stage?: Stage | undefined },
    message: string,
  ) {
    super(message);
  }
}

/** Pause flag of a call, shared by a task and its connection. */
export interface PauseControl {
  paused: boolean;
  changed?: () => void;
}

/** The handlers and the state of a call while it runs. */
export interface CallHandlers {
  signal?: AbortSignal | undefined;
  /** Pauses and resumes the call. */
  pauseControl?: PauseControl;
  onEvent?: (event: CoreEvent) => void;
  /** Called when the state changes that is needed if the core dies. */
  onKnown?: (known: Known) => void;
  /** Called before the call rejects, also if it is cancelled, with the state from which a retry can continue. */
  onContinuation?: (continuation: string | undefined) => void;
  /** The page's own messages for errors. */
  messages?: Messages | undefined;
  /** Returns the reply to a query of the core. If it throws, the call rejects with that error. */
  onQuery?: (what: string, about: unknown) => unknown;
}

/** How long a host may take to start before the next kind is tried. */
const START_MILLIS = 5_000;
/** How often a host is pinged while calls are pending … */
const PING_MILLIS = 3_000;
/** … and how many consecutive pings it may miss. Pings are counted instead of time, because a frozen page sends none. */
const MAX_MISSED = 5;

type Post = (message: ToHost) => void;
/** Connects to a host, which calls `receive` and `fail`. Returns a function that posts to it. */
type Transport = (receive: (messages: FromHost[]) => void, fail: (why: string) => void) => Post;

/**
 * Starts a host while the module is compiled, and waits until it is ready. Messages carry ids, so results are matched to calls.
 * Rejects if the host is of another build. `onDied` is called if the host dies later, or is closed. A fake needs no module.
 */
export function connectHost(
  module: Promise<WebAssembly.Module | undefined>,
  build: string,
  connectTransport: Transport,
  onDied: () => void,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const calls = new Map<number, PendingCall>();
    let next = 0;
    let ready = false;
    /** Whether the page has closed the host. Its calls are not repeated, as if they had sent something. */
    let isClosed = false;
    /** Why the host has died. */
    let lost: string | undefined;
    let missed = 0;
    let pings: ReturnType<typeof setInterval> | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let forgetPage = () => {};

    const fail = (why: string) => {
      lost = why;
      const message = `mediaferry: ${why}`;
      clearTimeout(timer);
      forgetPage();
      reject(new Error(message));
      // The next call must start another host.
      if (ready) onDied();
      ready = false;
      for (const id of [...calls.keys()]) {
        const pending = settle(id);
        if (pending) pending.known.hasSent ||= isClosed;
        pending?.reject(new CoreLost(pending.known, message));
      }
    };
    const close = () => {
      isClosed = true;
      post({ type: 'close' });
      fail('closed');
    };
    const receive = (messages: FromHost[]) => {
      missed = 0;
      messages.forEach(handle);
    };

    const handle = (message: FromHost) => {
      switch (message.type) {
        case 'ready':
          if (message.build !== build) {
            fail('the worker is of another version');
            break;
          }
          ready = true;
          clearTimeout(timer);
          forgetPage = forwardPageEvents(post);
          resolve({ call, close });
          break;
        case 'error':
          fail(message.message);
          break;
        case 'closed':
          close();
          break;
        case 'event':
          onEventMessage(message);
          break;
        case 'query':
          void reply(message);
          break;
        case 'exception':
          settle(message.id)?.reject(new TypeError(message.message));
          break;
      }
    };

    const post = connectTransport(receive, fail);

    const settle = (id: number): PendingCall | undefined => {
      const pending = calls.get(id);
      calls.delete(id);
      if (calls.size === 0) clearInterval(pings);
      pending?.release();
      return pending;
    };

    const ping = () => {
      missed += 1;
      if (missed > MAX_MISSED) fail('the worker stopped responding');
      else post({ type: 'ping' });
    };

    function onEventMessage({ id, event }: FromHost & { type: 'event' }): void {
      const pending = calls.get(id);
      if (!pending) return;
      if (event.type === 'known') {
        pending.known = { ...event.known, stage: pending.known.stage };
        pending.handlers.onKnown?.(event.known);
      } else if (event.type === 'result') settle(id)?.resolve(event.value);
      else if (event.type === 'failure') rejectCall(id, event.facts);
      else if (event.type !== 'cancelled') {
        if (event.type === 'stage') pending.known.stage = event.stage;
        runReporting(() => pending.handlers.onEvent?.(event));
      }
    }

    function rejectCall(id: number, { continuation, ...facts }: CoreFacts): void {
      const pending = settle(id);
      pending?.handlers.onContinuation?.(continuation);
      pending?.reject(new UploadError(facts, pending.handlers.messages));
    }

    /** Rejects a call that the core has not ended. */
    function interrupt(id: number, reason: unknown): void {
      const pending = settle(id);
      pending?.handlers.onContinuation?.(pending.known.continuation);
      pending?.reject(reason);
    }

    async function reply({ id, query, what, about }: FromHost & { type: 'query' }): Promise<void> {
      try {
        const value = await calls.get(id)?.handlers.onQuery?.(what, about);
        post({ type: 'reply', query, value });
      } catch (error) {
        interrupt(id, error);
        post({ type: 'cancel', id });
        // So that the host removes the query.
        post({ type: 'reply', query });
      }
    }

    function call<T>(call: Call, handlers: CallHandlers = {}): Promise<T> {
      const { signal } = handlers;
      return new Promise<T>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const id = next++;
        const cancel = () => {
          post({ type: 'cancel', id });
          interrupt(id, signal?.reason);
        };
        signal?.addEventListener('abort', cancel, { once: true });
        if (calls.size === 0) {
          missed = 0;
          pings = setInterval(ping, PING_MILLIS);
        }
        calls.set(id, {
          resolve: resolve as (value: unknown) => void,
          reject,
          handlers,
          known: { hasSent: false, outcomeUnknown: false, continuation: call.continuation },
          release: () => signal?.removeEventListener('abort', cancel),
        });
        if (lost) return fail(lost);
        post({ type: 'call', id, call });
        if (handlers.pauseControl) {
          const sendPause = () => post({ type: 'pause', id, paused: handlers.pauseControl?.paused ?? false });
          handlers.pauseControl.changed = sendPause;
          if (handlers.pauseControl.paused) sendPause();
        }
      });
    }

    module.then((module) => {
      timer = setTimeout(() => fail('the core did not start in time'), START_MILLIS);
      post({ type: 'start', module });
    }, reject);
  });
}

/** A call that has not settled. */
interface PendingCall {
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
  handlers: CallHandlers;
  known: Known & { stage?: Stage | undefined };
  release: () => void;
}

/** Runs code of the page. An error that it throws is reported. */
function runReporting(run: () => void): void {
  try {
    run();
  } catch (error) {
    report(error);
  }
}

/** Forwards events that a worker does not receive in every browser. Returns an unsubscribe function. */
function forwardPageEvents(post: Post): () => void {
  const { document } = globalThis;
  const visible = () => document.visibilityState === 'visible' && post({ type: 'visible' });
  const online = () => post({ type: 'online' });
  document?.addEventListener('visibilitychange', visible);
  globalThis.addEventListener?.('online', online);
  return () => {
    document?.removeEventListener('visibilitychange', visible);
    globalThis.removeEventListener?.('online', online);
  };
}
