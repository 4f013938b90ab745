// What an upload keeps over all its attempts, and what one attempt is given.

import type { Fixed } from '../api/types.js';
import type { SignedPut } from '../custom-provider/define.js';
import type { PauseControl } from '../runtime/connection.js';
import type { CoreEvent } from '../runtime/protocol.js';

/** Where an interrupted upload continues. */
export interface Found {
  continuation: string | undefined;
  /** The id of its requests that may create an asset. */
  attempt: string;
}

/** Finds and stores where an upload continues after the page was closed. */
export interface RunResumption {
  /** Returns where an interrupted upload of the same file continues. The first stored part shows whether it is the same. */
  find: () => Promise<Found | undefined>;
  /** Leaves the interrupted upload alone, because the file is another one. */
  startAnew: () => Promise<void>;
  /** Stores the state of the upload. */
  save: (continuation: string | undefined) => void;
}

/** What an upload keeps over all its attempts, so that a retry creates no second asset. */
export interface RunState extends Found {
  /** The fixed file, which a retry sends as well. */
  fixed: Fixed | undefined;
  /** What a custom provider has signed. */
  readonly signed: { ticket?: SignedPut };
}

/** One attempt. Nothing is called after its signal has aborted. */
export interface Attempt {
  signal: AbortSignal;
  /** Whether to repeat a request whose outcome is unknown. */
  force: boolean;
  pauseControl: PauseControl;
  onEvent: (event: CoreEvent) => void;
  /** Called when a fix begins and ends. */
  onFixing: (isFixing: boolean) => void;
  /** Called when the wait for an answer of `confirm` begins and ends. */
  onAsking: (isAsking: boolean) => void;
  resumption: RunResumption | undefined;
}
