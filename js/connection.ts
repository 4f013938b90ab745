// The page's connection to a host of the core, whether that is a worker or on the main thread.

import { report } from './emitter.js';
import { type Messages, UploadError } from './error.js';
import type { Answer, Call, CoreEvent, Known, Request } from './protocol.js';
import type { Stage } from './types.js';

/** A host of the core that has said `ready`. */
export interface Connection {
  /** Calls the core; gives its value, or rejects with an `UploadError`, with the signal's reason, or with `CoreLost`. */
  call<T>(call: Call, line?: Line): Promise<T>;
}

/** Why a call ended whose core died: with what is known of it. */
export class CoreLost extends Error {
  constructor(
    readonly known: Known & { stage?: Stage | undefined },
    message: string,
  ) {
    super(message);
  }
}

/** Pause flag of a call, shared by a task and its connection. */
export interface Switch {
  paused: boolean;
  changed?: () => void;
}

/** What belongs to a call while it runs. */
export interface Line {
  signal?: AbortSignal | undefined;
  /** Pauses the call and lets it go on. */
  switch?: Switch;
  onEvent?: (event: CoreEvent) => void;
  /** Called before the call rejects, with what a retry continues from. */
  onContinuation?: (continuation: string | undefined) => void;
  /** The page's own words for errors. */
  messages?: Messages | undefined;
  /** Answers what only the page can tell. What it throws ends the call. */
  onAsk?: (what: string, about: unknown) => unknown;
}

/** How long a host may take to start before the next kind is tried. */
const START_MILLIS = 5_000;
/** How often a host is asked for a sign of life while calls are pending … */
const PING_MILLIS = 3_000;
/** … and how often in a row it may give none. It counts pings, not time: a page that is frozen asks nothing. */
const MAX_MISSED = 5;

type Post = (message: Request) => void;
/** Connects to a host; gives what posts to it. */
type Attach = (receive: (message: Answer) => void, fail: (why: string) => void) => Post;

/**
 * Starts a host, waits until it is ready, and keeps its calls apart by number. A host of another build is refused. `lost`
 * is called if it dies after that.
 */
export function open(module: WebAssembly.Module, build: string, attach: Attach, lost: () => void): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const calls = new Map<number, Pending>();
    let next = 0;
    let ready = false;
    let missed = 0;
    let pings: ReturnType<typeof setInterval> | undefined;
    let forgetPage = () => {};

    const fail = (why: string) => {
      const message = `mediaferry: ${why}`;
      clearTimeout(timer);
      forgetPage();
      reject(new Error(message));
      // The next call starts another host, so it must not find this one.
      if (ready) lost();
      ready = false;
      for (const id of [...calls.keys()]) {
        const pending = take(id);
        pending?.reject(new CoreLost(pending.known, message));
      }
    };
    const timer = setTimeout(() => fail('the core did not start in time'), START_MILLIS);

    const receive = (message: Answer) => {
      missed = 0;
      switch (message.type) {
        case 'ready':
          if (message.build !== build) {
            fail('the worker is of another version');
            break;
          }
          ready = true;
          clearTimeout(timer);
          forgetPage = passOn(post);
          resolve({ call });
          break;
        case 'broken':
          fail(message.message);
          break;
        case 'event':
          hear(message);
          break;
        case 'ask':
          void tell(message);
          break;
        case 'result':
          take(message.id)?.resolve(message.value);
          break;
        case 'failure':
          refuse(message);
          break;
      }
    };

    const post = attach(receive, fail);

    const take = (id: number): Pending | undefined => {
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

    function hear({ id, event }: Answer & { type: 'event' }): void {
      const pending = calls.get(id);
      if (!pending) return;
      if (event.type === 'known') pending.known = { ...event.known, stage: pending.known.stage };
      else {
        if (event.type === 'stage') pending.known.stage = event.stage;
        guarded(() => pending.line.onEvent?.(event));
      }
    }

    function refuse({ id, facts, message }: Answer & { type: 'failure' }): void {
      const pending = take(id);
      if (!pending) return;
      if (facts) {
        const { continuation, ...told } = facts;
        pending.line.onContinuation?.(continuation);
        pending.reject(new UploadError(told, pending.line.messages));
      } else pending.reject(new TypeError(message ?? 'the call was cancelled'));
    }

    async function tell({ id, ask, what, about }: Answer & { type: 'ask' }): Promise<void> {
      try {
        const value = await calls.get(id)?.line.onAsk?.(what, about);
        post({ type: 'told', ask, value });
      } catch (error) {
        take(id)?.reject(error);
        post({ type: 'abort', id });
        // So that the host forgets the question.
        post({ type: 'told', ask });
      }
    }

    function call<T>(call: Call, line: Line = {}): Promise<T> {
      const { signal } = line;
      return new Promise<T>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const id = next++;
        const cancel = () => {
          post({ type: 'abort', id });
          take(id)?.reject(signal?.reason);
        };
        signal?.addEventListener('abort', cancel, { once: true });
        if (calls.size === 0) {
          missed = 0;
          pings = setInterval(ping, PING_MILLIS);
        }
        calls.set(id, {
          resolve: resolve as (value: unknown) => void,
          reject,
          line,
          known: { hasSent: false, unclear: false },
          release: () => signal?.removeEventListener('abort', cancel),
        });
        post({ type: 'call', id, call });
        if (line.switch) {
          const say = () => post({ type: 'pause', id, paused: line.switch?.paused ?? false });
          line.switch.changed = say;
          if (line.switch.paused) say();
        }
      });
    }

    post({ type: 'start', module });
  });
}

interface Pending {
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
  line: Line;
  known: Known & { stage?: Stage | undefined };
  release: () => void;
}

/** Code of the page: what it throws is reported, and changes nothing. */
function guarded(run: () => void): void {
  try {
    run();
  } catch (error) {
    report(error);
  }
}

/** Passes on what a page hears and its worker does not. Returns what ends that. */
function passOn(post: Post): () => void {
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
