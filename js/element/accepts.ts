// What a picker shows for a provider.

import type { UploadOptions } from '../api/types.js';
import { providers } from '../index.js';

/** MIME types and extensions, as `<input accept>` has them; none where the provider takes everything. */
export async function acceptedBy(provider: UploadOptions['provider'] | undefined): Promise<readonly string[]> {
  if (typeof provider === 'object') {
    const rules = provider.rules ?? [];
    return rules.every(({ mimes }) => mimes) ? rules.flatMap(({ mimes = [] }) => mimes) : [];
  }
  // Without the list, the uploads will say what is wrong.
  const all = await providers().catch(() => []);
  return all.find(({ id }) => id === provider)?.accept.split(',') ?? [];
}
