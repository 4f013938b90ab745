// One attempt of an upload: makes the file fit, finds where the upload continues, and calls the core.

import type { Progress, RemoteAsset, Source } from '../api/types.js';
import { requestFragment } from '../custom-provider/serialize.js';
import type { Fixer } from '../fix/fixer.js';
import { createQueryHandler, parseDates, type WithMillis } from '../runtime/calls.js';
import type { Cores } from '../runtime/cores.js';
import type { CoreEvent } from '../runtime/protocol.js';
import { randomId } from '../runtime/random-id.js';
import type { Attempt, RunState } from './attempt.js';
import { FIX_SHARE, fixSource } from './fix-source.js';
import { isInParts } from './in-parts.js';
import { serializeUpload, type TaskOptions } from './serialize-upload.js';

/** What an upload is made with. */
export interface UploadTools {
  cores: Pick<Cores, 'call' | 'callLocal'>;
  fixer: () => Promise<Fixer>;
  /** Removes stored parts, if possible. */
  discardParts: (options: TaskOptions, continuation: string) => void;
}

/** The upload of which this is an attempt. */
interface Upload {
  source: Source;
  options: TaskOptions;
  /** Changed by the attempt. */
  state: RunState;
}

export async function runUpload<A extends RemoteAsset>(
  tools: UploadTools,
  upload: Upload,
  attempt: Attempt,
): Promise<A> {
  const { options, state } = upload;
  const { signal, resumption } = attempt;
  // Without these options, the core is called immediately. The parts that are stored are those of the fixed file.
  if ((options.fix || options.privacy) && !state.fixed) await fix(tools, upload, attempt);
  const found = resumption && !state.continuation ? await resumption.find() : undefined;
  if (signal.aborted && isInParts(found?.continuation)) tools.discardParts(options, found.continuation);
  signal.throwIfAborted();
  Object.assign(state, found);
  try {
    return await call(tools, upload, attempt);
  } catch (error) {
    if ((Object(error) as { code?: unknown }).code !== 'different_file') throw error;
    // The stored parts are those of another file.
    state.continuation = undefined;
    if (!found) throw error;
    await resumption?.startAnew();
    return await call(tools, upload, attempt);
  }
}

async function call<A extends RemoteAsset>(
  { cores }: UploadTools,
  { source, options, state }: Upload,
  attempt: Attempt,
): Promise<A> {
  const { signal, force, pauseControl, resumption } = attempt;
  const { fixed, continuation, signed } = state;
  if (!continuation || !state.attempt) state.attempt = randomId();
  const request = serializeUpload(fixed?.file ?? source, options, { continuation, attempt: state.attempt, force });
  const sourceHash =
    fixed && options.checksum !== 'skip' ? cores.callLocal<string>('sha256', source as Blob, { signal }) : undefined;
  // The source may have changed since. It is not what is sent.
  sourceHash?.catch(() => {});
  const asset = await cores.call<WithMillis<A>>(request, {
    signal,
    pauseControl,
    messages: options.messages,
    onEvent: (event) => signal.aborted || attempt.onEvent(fixed ? afterFix(event) : event),
    onKnown: ({ continuation }) => signal.aborted || resumption?.save(continuation),
    onContinuation: (continuation) => {
      state.continuation = continuation;
    },
    onQuery: createQueryHandler(options, signal, signed),
  });
  state.continuation = undefined;
  const fixes = fixed && { fixes: fixed.report.steps, sourceSha256: await sourceHash?.catch(() => undefined) };
  return { ...parseDates(asset), ...requestFragment(options.provider, asset), ...fixes };
}

async function fix({ fixer }: UploadTools, { source, options, state }: Upload, attempt: Attempt): Promise<void> {
  const { signal, onEvent, onFixing, onAsking } = attempt;
  const ifRunning =
    <T>(call: (value: T) => void) =>
    (value: T) =>
      signal.aborted || call(value);
  onFixing(true);
  state.fixed = await fixSource(fixer, source, options, signal, ifRunning(onEvent), ifRunning(onAsking));
  ifRunning(onFixing)(false);
}

/** The event of a core that is called after a fix, which is the first share of the progress. */
function afterFix(event: CoreEvent): CoreEvent {
  if (event.type !== 'progress') return event;
  const progress: Progress = { ...event.progress, fraction: FIX_SHARE + (1 - FIX_SHARE) * event.progress.fraction };
  return { ...event, progress };
}
