// The page's line to a host of the core, whether that is a worker or on the main thread.

import { type Messages, UploadError } from './error.js';
import type { Answer, Call, CoreEvent, Request } from './protocol.js';

/** A host of the core that has said `ready`. */
export interface Connection {
  /** Calls the core; gives its value, or rejects with an `UploadError` or with the signal's reason. */
  call<T>(call: Call, line?: Line): Promise<T>;
}

/** Says whether a call is to wait, and hears of it when that changes. */
export interface Switch {
  paused: boolean;
  changed?: () => void;
}

/** What a call says and hears while it runs. */
export interface Line {
  signal?: AbortSignal | undefined;
  /** Pauses the call and lets it go on. */
  switch?: Switch;
  onEvent?: (event: CoreEvent) => void;
  /** The page's own words for errors. */
  messages?: Messages | undefined;
  /** Answers what only the page can tell. What it throws ends the call. */
  onAsk?: (what: string, about: unknown) => unknown;
}

/** How long a host may take to start before the next kind is tried, where nothing says that it cannot. */
const START_MILLIS = 5_000;

type Post = (message: Request) => void;
/** Joins a host to its two ears and gives its mouthpiece. */
type Attach = (receive: (message: Answer) => void, fail: (why: string) => void) => Post;

/** Starts a host, waits until it is ready, and keeps its calls apart by number. `lost` is called if it fails after that. */
export function open(module: WebAssembly.Module, attach: Attach, lost: () => void): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const calls = new Map<number, Pending>();
    let next = 0;
    let ready = false;

    const fail = (why: string) => {
      const error = new Error(`mediaferry: ${why}`);
      clearTimeout(timer);
      reject(error);
      for (const id of [...calls.keys()]) take(id)?.reject(error);
      if (ready) lost();
    };
    const timer = setTimeout(() => fail('the worker did not start in time'), START_MILLIS);

    const receive = (message: Answer) => {
      switch (message.type) {
        case 'ready':
          ready = true;
          clearTimeout(timer);
          tellWhenVisible(post);
          resolve({ call });
          break;
        case 'broken':
          fail(message.message);
          break;
        case 'event':
          calls.get(message.id)?.line.onEvent?.(message.event);
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
      pending?.release();
      return pending;
    };

    function refuse({ id, facts, message }: Answer & { type: 'failure' }): void {
      const pending = take(id);
      pending?.reject(
        facts ? new UploadError(facts, pending.line.messages) : new TypeError(message ?? 'the call was cancelled'),
      );
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
        calls.set(id, {
          resolve: resolve as (value: unknown) => void,
          reject,
          line,
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
  release: () => void;
}

/** A page that comes back wants to know at once how its uploads are. */
function tellWhenVisible(post: Post): void {
  globalThis.document?.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') post({ type: 'visible' });
  });
}
