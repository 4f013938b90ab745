// The results of the calls that are no uploads, and what both have in common.

import type { AnyProviderId } from '../api/asset.js';
import type { ErrorFacts } from '../api/error-facts.js';
import type { Kind, ListedAsset, Media, Provider, Verdict, Violation } from '../api/types.js';
import type { CallData } from './call-data.js';
import { Failed } from './failed.js';
import { assumedMedia, EMPTY, PROVIDERS, unsupported, verdictOn } from './files.js';

/** The registered provider of a call; `undefined` for a custom one. Throws a `TypeError` as the core does. */
export function providerOf({ provider }: CallData): Provider | undefined {
  if (typeof provider === 'object') return undefined;
  const found = PROVIDERS.find(({ id }) => id === provider);
  if (found) return found;
  throw new TypeError(`unknown provider '${provider}'; known: ${PROVIDERS.map(({ id }) => id).join(', ')}`);
}

/** Throws a `TypeError` if an option is missing, invalid or not one of these, as the core does. */
export function checkProviderOptions(of: string, specs: Provider['options'], given: Record<string, unknown>): void {
  const unknown = Object.keys(given).find((option) => !specs.some(({ name }) => name === option));
  if (unknown !== undefined) throw new TypeError(`${of} has no option '${unknown}'`);
  for (const { name, required, values } of specs) {
    const value = given[name];
    if (value === undefined && !required) continue;
    const isValid = values.length === 0 ? typeof value === 'string' && value !== '' : values.includes(value as string);
    if (!isValid)
      throw new TypeError(
        `${of}: option '${name}' must be ${values.length === 0 ? 'a non-empty string' : values.join(', ')}`,
      );
  }
}

/** What `probe()` returns. */
export function probe(file: Blob, given: Partial<Media> | undefined): Media {
  if (file.size === 0) throw failed({ code: 'rejected', violations: [EMPTY] });
  const media = assumedMedia(file, given);
  if (!media) throw failed({ code: 'unrecognised_file', violations: [{ ...unsupported([]), limit: null }] });
  return media;
}

/** What `check()` returns. */
export function check(file: Blob, given: Partial<Media> | undefined): Verdict[] {
  const media = assumedMedia(file, given);
  return PROVIDERS.map(({ id, accepts }) => ({ provider: id, ...verdictOn(accepts, file, media) }));
}

/** What `checkRequest()` returns. */
export function checkRequest({ maxImages, maxVideos, maxAudio }: Provider, kinds: Kind[]): Violation[] {
  const counted = [
    ['max_images', 'image', maxImages],
    ['max_videos', 'video', maxVideos],
    ['max_audio', 'audio', maxAudio],
  ] as const;
  return counted.flatMap(([rule, kind, limit]) => {
    const actual = kinds.filter((other) => other === kind).length;
    return limit !== undefined && actual > limit ? [{ rule, actual, limit }] : [];
  });
}

/** A page of the list. */
export function list(provider: Provider, assets: readonly ListedAsset[], { page = 1, pageSize }: CallData) {
  const most = listLimit(provider);
  const size = pageSize ?? most;
  if (!(size >= 1 && size <= most))
    throw failed({ code: 'rejected', violations: [{ rule: 'page_size', actual: size, limit: most }] }, provider.id);
  const own = assets.filter((asset) => asset.provider === provider.id);
  return { assets: own.slice((page - 1) * size, page * size).map(withMillis), total: own.length };
}

/** Returns the assets without the deleted one. */
export function remove(provider: Provider, assets: readonly ListedAsset[], id: string | undefined): ListedAsset[] {
  listLimit(provider);
  const rest = assets.filter((asset) => asset.provider !== provider.id || asset.id !== id);
  if (rest.length === assets.length) throw failed({ code: 'refused', status: 404 }, provider.id);
  return rest;
}

function listLimit({ name, maxPageSize }: Provider): number {
  if (maxPageSize === undefined) throw new TypeError(`${name} cannot list or delete assets`);
  return maxPageSize;
}

/** The asset as the core reports it. */
export function withMillis<A extends { expiresAt?: Date }>({ expiresAt, ...asset }: A): object {
  return { ...asset, ...(expiresAt ? { expiresAtMillis: expiresAt.getTime() } : {}) };
}

function failed(facts: Pick<ErrorFacts, 'code' | 'violations' | 'status'>, provider?: AnyProviderId): Failed {
  return new Failed({
    retryable: false,
    outcomeUnknown: false,
    stage: provider ? undefined : 'inspect',
    provider,
    ...facts,
  });
}
