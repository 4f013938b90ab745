// The options `fix` and `privacy` of an upload.

import { isBlob } from '../api/realm.js';
import type { Fixed, FixOptions, FixSettings, Source } from '../api/types.js';
import type { Fixer } from '../fix/fixer.js';
import { fakeHost } from '../runtime/installed-fake.js';
import type { CoreEvent } from '../runtime/protocol.js';
import type { TaskOptions } from './serialize-upload.js';

/** The part of the progress that belongs to a fix. */
export const FIX_SHARE = 0.2;

/**
 * Makes a file fit. Returns `undefined` if it is sent as it is. `onAsking` is called when an answer of `confirm` is waited for, and
 * when it is there, unless that is at once.
 */
export async function fixSource(
  fixer: () => Promise<Fixer>,
  source: Source,
  { fix, privacy, ...options }: TaskOptions,
  signal: AbortSignal,
  onEvent: (event: CoreEvent) => void,
  onAsking: (isAsking: boolean) => void,
): Promise<Fixed | undefined> {
  // A fake fixes nothing.
  if (!isBlob(source) || fakeHost()) return undefined;
  onEvent({ type: 'stage', stage: 'inspect' });
  // Without `fix`, only what `privacy` asks for.
  const settings: FixSettings = fix ? (fix === true ? {} : fix) : { allow: [] };
  const { confirm } = settings;
  const asking = confirm && { confirm: reporting(confirm, onAsking) };
  const fixed = await (await fixer()).fix(
    source,
    { ...options, ...settings, ...asking, privacy, signal } as FixOptions,
    {
      onInspected: (media) => onEvent({ type: 'inspected', media }),
      onStart: () => onEvent({ type: 'stage', stage: 'fix' }),
      onProgress: (fraction) =>
        onEvent({
          type: 'progress',
          progress: { fraction: fraction * FIX_SHARE, sentBytes: 0, totalBytes: source.size },
        }),
    },
  );
  return fixed.report.steps.length > 0 ? fixed : undefined;
}

type Confirm = NonNullable<FixSettings['confirm']>;

function reporting(confirm: Confirm, onAsking: (isAsking: boolean) => void): Confirm {
  return async (...args) => {
    const timer = setTimeout(() => onAsking(true));
    try {
      return await confirm(...args);
    } finally {
      clearTimeout(timer);
      onAsking(false);
    }
  };
}
