// What the page and the host of the core say to each other.

import type { ErrorFacts } from './error.js';
import type { Media, Progress, Retry, Stage, Violation } from './types.js';

/** A task of the core: `call` is the JSON text that `src/browser/call.rs` reads. The other is answered at once. */
export type Call =
  | { method: 'perform'; source: Blob | undefined; call: string }
  | { method: 'checkTogether'; call: string; kinds: string };

/** From the page. `id` tells calls apart: a page that mounts twice must not mix up its answers. */
export type Request =
  | { type: 'start'; module: WebAssembly.Module }
  | { type: 'call'; id: number; call: Call }
  | { type: 'abort'; id: number }
  | { type: 'pause'; id: number; paused: boolean }
  | { type: 'told'; ask: number; value?: unknown }
  | { type: 'visible' };

/** From the host. */
export type Answer =
  | { type: 'ready' }
  | { type: 'broken'; message: string }
  | { type: 'event'; id: number; event: CoreEvent }
  | { type: 'ask'; id: number; ask: number; what: string; about: unknown }
  | { type: 'result'; id: number; value: unknown }
  | { type: 'failure'; id: number; facts?: ErrorFacts; message?: string };

/** An event of the core, told apart by its `type`. */
export type CoreEvent =
  | { type: 'status'; status: 'paused' }
  | { type: 'stage'; stage: Stage }
  | { type: 'inspected'; media: Media }
  | { type: 'advice'; advice: Violation[] }
  | { type: 'progress'; progress: Progress }
  | { type: 'retry'; retry: Retry };
