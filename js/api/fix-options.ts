// The options of `plan` and `fix`.

import type { CustomProvider } from '../custom-provider/define.js';
import type { ProviderId } from '../generated/core.js';
import type { FixSettings, Privacy } from './fix-types.js';
import type { LocalOptions, ProviderOptions } from './options.js';

/** Options of `plan` and `fix`. */
export interface FixOptions extends FixSettings, LocalOptions, ProviderOptions {
  /** The provider whose limits the file must meet. */
  provider: ProviderId | CustomProvider;
  /**
   * Metadata to remove, also from a file that violates no limit. A file from which it cannot be removed is rejected.
   * @default none
   */
  privacy?: Privacy;
}
