// The file types that the picker shows for a provider.

import type { UploadOptions } from '../api/types.js';
import { providers } from '../index.js';

/** MIME types and extensions for `<input accept>`; none if the provider accepts every type. */
export async function acceptedBy(provider: UploadOptions['provider'] | undefined): Promise<readonly string[]> {
  if (typeof provider === 'object') {
    const rules = provider.rules ?? [];
    return rules.every(({ mimes }) => mimes) ? rules.flatMap(({ mimes = [] }) => mimes) : [];
  }
  // If the list cannot be loaded, uploads report the error.
  const all = await providers().catch(() => []);
  return all.find(({ id }) => id === provider)?.accept.split(',') ?? [];
}
