// What the core needs of a custom provider, and what is made of its asset.

import { report } from '../api/report.js';
import type { Kind, ProviderId } from '../api/types.js';
import type { Backend, BackendLimits, CustomProvider } from './define.js';

/** The part of a provider that the core needs in advance. The callbacks stay here. */
export function serializeProvider(provider: ProviderId | CustomProvider): unknown {
  if (typeof provider !== 'object') return provider;
  const { id, name, rules } = provider;
  const { checksum } = provider as Backend;
  const route = { form: 'form' in provider, parts: 'create' in provider };
  return { id, name, checksum, ...route, rules: rules?.map(serializeLimits) };
}

/** The limits, and the factor that makes those that may be fractions the core's integers. */
const SCALES: Record<string, number> = {
  maxBytes: 1,
  minWidth: 1,
  minHeight: 1,
  maxAspectRatio: 1_000_000,
  minDuration: 1_000,
  maxDuration: 1_000,
};

/** Limits for the core, which expects both or neither of width and height, and of the bounds of the duration. */
function serializeLimits({ mimes, ...limits }: BackendLimits): unknown {
  if (mimes && !Array.isArray(mimes)) throw new TypeError(`rules: mimes must be an array, not ${mimes}`);
  const set = Object.entries(limits).filter(([, limit]) => limit != null);
  const whole = set.map(([name, limit]) => {
    const scale = SCALES[name];
    if (!scale) throw new TypeError(`rules: there is no limit '${name}'`);
    if (typeof limit !== 'number' || !(limit >= 0 && limit <= Number.MAX_SAFE_INTEGER) || (scale === 1 && limit % 1))
      throw new TypeError(`rules: ${name} must be a ${scale === 1 ? 'whole ' : ''}number, not ${limit}`);
    // Rounded up, so that a limit of 16 / 9 allows 16:9.
    return [name, Math.min(Math.ceil(limit * scale), Number.MAX_SAFE_INTEGER)];
  });
  const { minWidth, minHeight, minDuration, maxDuration, ...others } = Object.fromEntries(whole);
  const sides = (minWidth ?? minHeight) !== undefined && { minWidth: minWidth ?? 0, minHeight: minHeight ?? 0 };
  const seconds = (minDuration ?? maxDuration) !== undefined && {
    minDuration: minDuration ?? 0,
    maxDuration: maxDuration ?? Number.MAX_SAFE_INTEGER,
  };
  return { mimes, ...others, ...sides, ...seconds };
}

/** The `requestFragment` of a custom provider, if it has one. */
export function requestFragment(
  provider: ProviderId | CustomProvider,
  { ref, media }: { ref: string; media?: { kind: Kind } | undefined },
): { requestFragment?: unknown } {
  if (typeof provider !== 'object' || !provider.fragment || !media) return {};
  try {
    return { requestFragment: provider.fragment(ref, media.kind) };
  } catch (error) {
    // The asset exists: a failed upload would be retried, and create a second one.
    report(error);
    return {};
  }
}
