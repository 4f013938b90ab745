// The page's connection to a host of the core, which runs in a worker or on the main thread.

import { UploadError } from '../api/errors.js';
import type { Messages } from '../api/message-types.js';
import { report } from '../api/report.js';
import type { Stage } from '../api/types.js';
import type { Call, CoreEvent, FromHost, Known, ToHost } from './protocol.js';

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
 * Starts a host while the module is compiled, and waits until it is ready. Rejects if the host is of another build. `onDied` is
 * called if the host dies later, or is closed. A fake needs no module.
 */
export async function connectHost(
  module: Promise<WebAssembly.Module | undefined>,
  build: string,
  connectTransport: Transport,
  onDied: () => void,
): Promise<Connection> {
  const host = new HostConnection(build, connectTransport, onDied);
  await host.start(module);
  return host;
}

/** The calls of one host. Messages carry ids, so results are matched to calls. */
class HostConnection implements Connection {
  readonly #build: string;
  readonly #onDied: () => void;
  readonly #post: Post;
  readonly #calls = new Map<number, PendingCall>();
  #nextId = 0;
  #isReady = false;
  /** Whether the page has closed the host. Its calls are not repeated, as if they had sent something. */
  #isClosed = false;
  /** Why the host has died. */
  #lost: string | undefined;
  /** Settle `start()`. */
  #resolveStart = () => {};
  #rejectStart: (error: Error) => void = () => {};
  #startTimer: ReturnType<typeof setTimeout> | undefined;
  #pingTimer: ReturnType<typeof setInterval> | undefined;
  #missedPings = 0;
  #forgetPage = () => {};

  constructor(build: string, connectTransport: Transport, onDied: () => void) {
    this.#build = build;
    this.#onDied = onDied;
    this.#post = connectTransport(
      (messages) => {
        this.#missedPings = 0;
        for (const message of messages) this.#handle(message);
      },
      (why) => this.#fail(why),
    );
  }

  async start(module: Promise<WebAssembly.Module | undefined>): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      [this.#resolveStart, this.#rejectStart] = [resolve, reject];
      module.then((module) => {
        this.#startTimer = setTimeout(() => this.#fail('the core did not start in time'), START_MILLIS);
        this.#post({ type: 'start', module });
      }, reject);
    });
  }

  async call<T>(call: Call, handlers: CallHandlers = {}): Promise<T> {
    const { signal, pauseControl } = handlers;
    return await new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const id = this.#nextId++;
      const cancel = () => {
        this.#post({ type: 'cancel', id });
        this.#interrupt(id, signal?.reason);
      };
      signal?.addEventListener('abort', cancel, { once: true });
      if (this.#calls.size === 0) this.#startPings();
      this.#calls.set(id, {
        resolve: resolve as (value: unknown) => void,
        reject,
        handlers,
        known: { hasSent: false, outcomeUnknown: false, continuation: call.continuation },
        release: () => signal?.removeEventListener('abort', cancel),
      });
      if (this.#lost) return this.#fail(this.#lost);
      this.#post({ type: 'call', id, call });
      if (!pauseControl) return;
      pauseControl.changed = () => this.#post({ type: 'pause', id, paused: pauseControl.paused });
      if (pauseControl.paused) pauseControl.changed();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#post({ type: 'close' });
    this.#fail('closed');
  }

  #handle(message: FromHost): void {
    switch (message.type) {
      case 'ready':
        this.#onReady(message.build);
        break;
      case 'error':
        this.#fail(message.message);
        break;
      case 'closed':
        this.close();
        break;
      case 'event':
        this.#onEvent(message);
        break;
      case 'query':
        void this.#reply(message);
        break;
      case 'exception':
        this.#settle(message.id)?.reject(new TypeError(message.message));
        break;
    }
  }

  #onReady(build: string): void {
    if (build !== this.#build) {
      this.#fail('the worker is of another version');
      return;
    }
    this.#isReady = true;
    clearTimeout(this.#startTimer);
    this.#forgetPage = forwardPageEvents(this.#post);
    this.#resolveStart();
  }

  #onEvent({ id, event }: FromHost & { type: 'event' }): void {
    const pending = this.#calls.get(id);
    if (!pending) return;
    const { handlers } = pending;
    if (event.type === 'known') {
      pending.known = { ...event.known, stage: pending.known.stage };
      handlers.onKnown?.(event.known);
    } else if (event.type === 'result') this.#settle(id)?.resolve(event.value);
    else if (event.type === 'failure') {
      const { continuation, ...facts } = event.facts;
      pending.known.continuation = continuation;
      this.#interrupt(id, new UploadError(facts, handlers.messages));
    } else if (event.type !== 'cancelled') {
      if (event.type === 'stage') pending.known.stage = event.stage;
      runReporting(() => handlers.onEvent?.(event));
    }
  }

  async #reply({ id, query, what, about }: FromHost & { type: 'query' }): Promise<void> {
    try {
      const value = await this.#calls.get(id)?.handlers.onQuery?.(what, about);
      this.#post({ type: 'reply', query, value });
    } catch (error) {
      this.#interrupt(id, error);
      this.#post({ type: 'cancel', id });
      // So that the host removes the query.
      this.#post({ type: 'reply', query });
    }
  }

  /** Removes a call. */
  #settle(id: number): PendingCall | undefined {
    const pending = this.#calls.get(id);
    this.#calls.delete(id);
    if (this.#calls.size === 0) clearInterval(this.#pingTimer);
    pending?.release();
    return pending;
  }

  /** Rejects a call, after its page has heard where a retry can continue. */
  #interrupt(id: number, reason: unknown): void {
    const pending = this.#settle(id);
    pending?.handlers.onContinuation?.(pending.known.continuation);
    pending?.reject(reason);
  }

  #fail(why: string): void {
    this.#lost = why;
    const message = `mediaferry: ${why}`;
    clearTimeout(this.#startTimer);
    this.#forgetPage();
    this.#rejectStart(new Error(message));
    // The next call must start another host.
    if (this.#isReady) this.#onDied();
    this.#isReady = false;
    for (const id of [...this.#calls.keys()]) {
      const pending = this.#settle(id);
      if (!pending) continue;
      pending.known.hasSent ||= this.#isClosed;
      pending.reject(new CoreLost(pending.known, message));
    }
  }

  #startPings(): void {
    this.#missedPings = 0;
    this.#pingTimer = setInterval(() => {
      this.#missedPings += 1;
      if (this.#missedPings > MAX_MISSED) this.#fail('the worker stopped responding');
      else this.#post({ type: 'ping' });
    }, PING_MILLIS);
  }
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
