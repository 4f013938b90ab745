// The messages between the page and the host of the core.

import type { ErrorFacts } from '../api/error-facts.js';
import type { Media, Progress, Retry, Stage, Violation } from '../api/types.js';

/** The cores: `parts.wasm` is `core.wasm` with uploads in parts. */
export type CoreName = 'core' | 'parts';

/** A call of the core. */
export interface Call {
  /** The file, if there is one. */
  source?: Blob | undefined;
  /** The JSON that `src/browser/task_request.rs` reads. */
  json: string;
  /** Where an earlier upload has stopped; also in `json`. */
  continuation?: string | undefined;
  /** Which core it needs; without it, the small one. The other one can do the same, and more. */
  core?: CoreName | undefined;
  /** The id of the provider, for errors. */
  provider?: string | undefined;
}

/** A message from the page. `id` identifies the call. */
export type ToHost =
  | { type: 'start'; module: WebAssembly.Module | undefined }
  | { type: 'call'; id: number; call: Call }
  | { type: 'cancel'; id: number }
  | { type: 'pause'; id: number; paused: boolean }
  | { type: 'reply'; query: number; value?: unknown }
  | { type: 'ping' }
  /** The host is no longer needed. */
  | { type: 'close' }
  /** Events that a worker does not receive in every browser: the page became visible, the browser came online. */
  | { type: 'visible' }
  | { type: 'online' };

/** A message from the host, which sends them in lists. */
export type FromHost =
  | { type: 'ready'; build: string }
  /** The core did not start, or it has trapped. */
  | { type: 'error'; message: string }
  /** The fake was removed. */
  | { type: 'closed' }
  | { type: 'pong' }
  | { type: 'event'; id: number; event: CoreEvent | InnerEvent | Outcome }
  | { type: 'query'; id: number; query: number; what: string; about: unknown }
  /** The call is a mistake in the program. */
  | { type: 'exception'; id: number; message: string };

/** How a task of the core ended: its last event. */
export type Outcome =
  | { type: 'result'; value: unknown }
  | { type: 'failure'; facts: CoreFacts }
  | { type: 'cancelled' };

/** The data of an error from the core. With a `continuation`, a retry continues instead of starting over. */
export type CoreFacts = ErrorFacts & { continuation?: string };

/** The state of an upload that the page needs if the core dies. */
export interface Known {
  /** Whether bytes of the file, or a request that may create an asset, may have been sent. */
  hasSent: boolean;
  /** Whether a request that may create an asset has been sent and not completed. */
  outcomeUnknown: boolean;
  /** The asset's id, once there is one. */
  id?: string;
  /** The state from which a retry can continue. */
  continuation?: string | undefined;
}

/** An event of the core. `type` discriminates the union. */
export type CoreEvent =
  | { type: 'status'; status: 'paused' }
  | { type: 'stage'; stage: Stage }
  | { type: 'inspected'; media: Media }
  | { type: 'warnings'; warnings: Violation[] }
  | { type: 'progress'; progress: Progress }
  | { type: 'retry'; retry: Retry }
  | { type: 'restarted' };

/** An event that only the connection handles. */
export type InnerEvent = { type: 'known'; known: Known };
