// How a call under the fake fails.

import type { CoreFacts } from '../runtime/protocol.js';

/** Thrown with the facts from which the page creates an `UploadError`. */
export class Failed {
  constructor(readonly facts: CoreFacts) {}
}
