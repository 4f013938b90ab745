// The JSON of a call, as js/runtime/client.ts writes it.

import type { Kind } from '../api/types.js';
import type { Method } from '../generated/core.js';

export interface CallData {
  method: Method;
  provider?: string | { id: string };
  /** Whether the page is asked for a token. */
  token?: boolean;
  options?: Record<string, unknown>;
  url?: string;
  accept?: string[];
  checksum?: string;
  continuation?: string;
  /** The id of an upload, over all attempts. */
  attempt?: string;
  page?: number;
  pageSize?: number;
  id?: string;
  kinds?: Kind[];
}
