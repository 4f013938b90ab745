// The messages between the page and the host of the core.

import type { ErrorFacts } from './error.js';
import type { Media, Progress, Retry, Stage, Violation } from './types.js';

/** A task of the core: `call` is the JSON text that `src/browser/call.rs` reads. The other is answered at once. */
export type Call =
  | { method: 'perform'; source: Blob | undefined; call: string }
  | { method: 'checkTogether'; call: string; kinds: string };

/** From the page. `id` keeps calls apart. */
export type Request =
  | { type: 'start'; module: WebAssembly.Module }
  | { type: 'call'; id: number; call: Call }
  | { type: 'abort'; id: number }
  | { type: 'pause'; id: number; paused: boolean }
  | { type: 'told'; ask: number; value?: unknown }
  | { type: 'ping' }
  /** What a worker does not hear everywhere: the page becomes visible, the browser is online again. */
  | { type: 'visible' }
  | { type: 'online' };

/** From the host. */
export type Answer =
  | { type: 'ready'; build: string }
  /** The core cannot go on: it did not start, or it has trapped. */
  | { type: 'broken'; message: string }
  | { type: 'pong' }
  | { type: 'event'; id: number; event: CoreEvent | InnerEvent }
  | { type: 'ask'; id: number; ask: number; what: string; about: unknown }
  | { type: 'result'; id: number; value: unknown }
  | { type: 'failure'; id: number; facts?: CoreFacts; message?: string };

/** What the core says of a failure; with a `continuation`, a retry need not begin anew. */
export type CoreFacts = ErrorFacts & { continuation?: string };

/** What a page knows of an upload should its core die. */
export interface Known {
  /** Whether bytes of the file, or a request that may create an asset, may have left. */
  hasSent: boolean;
  /** Whether a request that may create an asset is under way. */
  unclear: boolean;
  /** The asset's id, once there is one. */
  id?: string;
  /** Where a retry can continue. */
  continuation?: string;
}

/** An event of the core, told apart by its `type`. */
export type CoreEvent =
  | { type: 'status'; status: 'paused' }
  | { type: 'stage'; stage: Stage }
  | { type: 'inspected'; media: Media }
  | { type: 'advice'; advice: Violation[] }
  | { type: 'progress'; progress: Progress }
  | { type: 'retry'; retry: Retry };

/** What only the connection hears. */
export type InnerEvent = { type: 'known'; known: Known };
