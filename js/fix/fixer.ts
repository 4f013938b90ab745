// Plans and carries out fixes. The script is loaded for the first one.

import { isBlob, isFile } from '../api/realm.js';
import type { Fixed, FixOptions, FixStep, Media, Plan, Violation } from '../api/types.js';
import { withSignal } from '../api/waiting.js';
import type { BundledFile } from '../runtime/bundled-files.js';
import { checkOptions } from './check-options.js';
import { type Conversion, convert } from './convert.js';
import type { Drawing, Drawn } from './draw.js';
import { drawAside, inTurn } from './drawing.js';
import { engineFor, isDecodable, isEncodable } from './engine.js';
import { FixModule, type Spliced } from './module.js';

/** What the fixer needs from the core and from the package. */
export interface FixerTools {
  probe(source: Blob, options: ProbeOptions): Promise<Media>;
  /** Compiles `fix.wasm`. */
  compile(): Promise<WebAssembly.Module>;
  /** The script of the worker that draws images. */
  worker: BundledFile<string>;
  serializeProvider(provider: FixOptions['provider']): unknown;
  /** Creates the error of a rejected file. */
  rejection(violations: Violation[], options: FixOptions, cause?: unknown): Error;
}

interface ProbeOptions {
  signal: AbortSignal | undefined;
  messages: FixOptions['messages'] | undefined;
}

/** Called while a fix is planned and carried out. */
export interface FixListeners {
  /** Called after the file has been probed. */
  onInspected?: (media: Media) => void;
  /** Called before the plan is carried out. */
  onStart?: () => void;
  onProgress?: (fraction: number) => void;
}

export interface Fixer {
  plan(source: Blob, options: FixOptions): Promise<Plan>;
  fix(source: Blob, planOrOptions: Plan | FixOptions, listeners?: FixListeners): Promise<Fixed>;
}

/** The work behind the steps of a plan. */
interface Job {
  splice?: string;
  draw?: Omit<Drawing, 'quality' | 'background'>;
  convert?: Conversion;
}

/** A plan with what is needed to carry it out. */
interface Prepared {
  plan: Plan;
  source: Blob;
  options: FixOptions;
  media: Media | undefined;
  job: Job | undefined;
  splices: Map<string, Spliced | undefined>;
}

/** The response of src/fix/plan/json.rs: a splice that it needs to know the result of, or a plan. */
type Answer = { splice: string } | { violations: Violation[]; steps: FixStep[]; impossible: Violation[]; job?: Job };

const DEFAULT_QUALITY = 0.92;
const DEFAULT_BACKGROUND = 'white';
const DEFAULT_TIMEOUT_MILLIS = 60_000;

export function createFixer(tools: FixerTools): Fixer {
  const prepared = new WeakMap<Plan, Prepared>();
  let loading: Promise<FixModule> | undefined;

  function load(): Promise<FixModule> {
    loading ??= tools.compile().then(
      (module) => new FixModule(module),
      (error: unknown) => {
        // So that the next file tries again.
        loading = undefined;
        throw error;
      },
    );
    return loading;
  }

  async function prepare(source: Blob, options: FixOptions): Promise<Prepared> {
    if (!isBlob(source)) throw new TypeError('plan() and fix() expect a File or a Blob');
    checkOptions(options);
    const { signal, messages } = options;
    const [module, media] = await Promise.all([load(), probed(source, { signal, messages })]);
    const splices: Prepared['splices'] = new Map();
    if ('violations' in media) {
      const { violations } = media;
      const plan = { accepted: false, violations, steps: [], impossible: violations };
      return remember({ plan, source, options, media: undefined, job: undefined, splices });
    }
    const engine = await engineFor(source, media, options);
    let isEncoderKnown = false;
    for (;;) {
      signal?.throwIfAborted();
      const answer = ask(module, options, media, {
        allow: options.allow,
        privacy: options.privacy,
        faststart: options.faststart,
        engine,
        splices: [...splices].map(([changes, spliced]) => ({
          changes,
          ...(spliced && { bytes: spliced.blob.size, changed: spliced.isChanged }),
        })),
      });
      if ('splice' in answer) {
        splices.set(answer.splice, await module.splice(source, answer.splice, signal));
        continue;
      }
      const { violations, steps, impossible, job } = answer;
      if (!isEncoderKnown && steps.some(({ kind }) => kind === 'transcode')) {
        isEncoderKnown = true;
        engine.encodesVideo &&= await isEncodable(media.kind);
        continue;
      }
      const accepted = violations.length === 0;
      const plan = { accepted, violations, steps, ...(impossible.length > 0 && { impossible }) };
      return remember({ plan, source, options, media, job, splices });
    }
  }

  function remember(one: Prepared): Prepared {
    prepared.set(one.plan, one);
    return one;
  }

  /** Returns the facts of a file, or the violations of a file that cannot be identified. */
  async function probed(source: Blob, options: ProbeOptions) {
    try {
      return await tools.probe(source, options);
    } catch (error) {
      const { violations = [] } = Object(error) as { violations?: Violation[] };
      if (violations.length === 0) throw error;
      return { violations };
    }
  }

  function ask(module: FixModule, options: FixOptions, media: Media, more: object): Answer {
    const { provider, model, route, type, role, limit } = options;
    const request = {
      provider: tools.serializeProvider(provider),
      options: { model, route, type, role, limit },
      file: facts(media),
      ...more,
    };
    return JSON.parse(module.plan(JSON.stringify(request))) as Answer;
  }

  /** Carries out a plan, and checks the result against the same limits. */
  async function carryOut(
    one: Prepared,
    { onInspected, onStart, onProgress = () => {} }: FixListeners,
  ): Promise<Fixed> {
    const { plan, source, options, media, job } = one;
    const start = performance.now();
    if (media) onInspected?.(media);
    const reject = (cause?: unknown) =>
      tools.rejection(plan.violations.length > 0 ? plan.violations : (plan.impossible ?? []), options, cause);
    const obstacle = obstacleOf(plan);
    // If no steps are allowed, no fix was requested, so the error has no cause.
    if (obstacle)
      throw reject(options.allow?.length === 0 ? undefined : new DOMException(obstacle, 'NotSupportedError'));
    if (!media || !job) return { file: asFile(source, media?.name ?? ''), report: { steps: [], millis: 0 } };
    const { signal } = options;
    if (options.confirm && !(await options.confirm(plan, source, { signal: signal ?? new AbortController().signal })))
      throw reject(new DOMException('confirm() returned false', 'NotAllowedError'));
    return await inTurn(signal, async () => {
      onStart?.();
      const limited = timeoutSignal(signal, options.timeout ?? DEFAULT_TIMEOUT_MILLIS);
      try {
        const done = await withSignal(limited.signal, perform(one, media, job, limited.signal, onProgress));
        const file = await checked(done.blob, one, media, limited.signal);
        if (!file) throw new DOMException('the result does not meet the limits either', 'ConstraintError');
        onProgress(1);
        const steps = reported(plan.steps, done, file.media);
        return { file: file.file, report: { steps, millis: Math.round(performance.now() - start) } };
      } catch (cause) {
        // An abort is reported as such, not as a failed fix.
        if (signal?.aborted) throw signal.reason;
        throw isSetupError(cause) ? cause : reject(cause);
      } finally {
        limited.end();
      }
    });
  }

  async function perform(
    { source, options, splices }: Prepared,
    media: Media,
    job: Job,
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ): Promise<Done> {
    if (job.splice !== undefined) {
      const spliced = splices.get(job.splice);
      if (!spliced) throw new DOMException('the splice is not known', 'InvalidStateError');
      return { blob: spliced.blob };
    }
    if (job.convert) {
      const { videoTools } = options;
      if (!videoTools) throw new TypeError('videoTools is missing');
      return { blob: await convert(source, job.convert, videoTools, { signal, onProgress }) };
    }
    if (!job.draw) throw new DOMException('there is nothing to do', 'InvalidStateError');
    const { quality = DEFAULT_QUALITY, background = DEFAULT_BACKGROUND } = options;
    const drawing = { ...job.draw, quality, background };
    const decoded = await decode(source, media, options, signal);
    onProgress(0.3);
    const drawn = await drawAside({ source: decoded, drawing }, tools.worker, signal);
    return { ...drawn, planned: drawing };
  }

  /** Returns the result as a file, if it meets the same limits. */
  async function checked(blob: Blob, { source, options }: Prepared, media: Media, signal: AbortSignal) {
    const { messages } = options;
    const module = await load();
    let file = asFile(blob, media.name, (source as File).lastModified);
    let found = await tools.probe(file, { signal, messages });
    if (found.mime !== file.type || found.mismatch || !media.name) {
      const name = `${media.name.replace(/\.[a-z\d]{1,5}$/i, '') || 'file'}.${found.extension}`;
      file = new File([blob], name, { type: found.mime, lastModified: file.lastModified });
      found = { ...found, name, declaredType: found.mime, mismatch: false };
    }
    const answer = ask(module, options, found, { allow: [], engine: {}, splices: [] });
    const isAccepted = 'violations' in answer && answer.violations.length === 0;
    return isAccepted && !(options.privacy && found.hasLocation) ? { file, media: found } : undefined;
  }

  return {
    plan: async (source, options) => (await prepare(source, options)).plan,
    fix: async (source, planOrOptions, listeners = {}) => {
      let one = prepared.get(planOrOptions as Plan);
      if (!one && !('provider' in planOrOptions))
        throw new TypeError('fix() expects options, or a plan that plan() returned on this page');
      if (one && one.source !== source) throw new TypeError('the plan is for another file');
      one ??= await prepare(source, planOrOptions as FixOptions);
      return await carryOut(one, listeners);
    },
  };
}

/** Returns the reason why a plan cannot be carried out; `undefined` if it can. */
function obstacleOf({ impossible, steps }: Plan): string | undefined {
  if (impossible) return `no allowed step meets: ${impossible.map(({ rule }) => rule).join(', ')}`;
  const lacking = steps.find(({ needs }) => needs);
  return lacking && `${lacking.kind} needs: ${lacking.needs}`;
}

/** A result; for a drawing, also its actual and its planned properties. */
type Done = { blob: Blob } & Partial<Drawn> & { planned?: Drawing };

/** Returns the facts in the format of src/fix/plan/json.rs. */
function facts({ duration, estimated, ...media }: Media): object {
  return {
    ...media,
    ...(duration !== undefined && { micros: Math.round(duration * 1e6) }),
    estimated: estimated.includes('duration'),
  };
}

/** If the browser cannot decode the file, decodes it with the page's callback. */
async function decode(source: Blob, media: Media, { decodeHeic, decodeTiff }: FixOptions, signal: AbortSignal) {
  const callback = /^HEI[CF]$/.test(media.format) ? decodeHeic : media.format === 'TIFF' ? decodeTiff : undefined;
  if (!callback || (await isDecodable(source, media.mime))) return source;
  return await callback(source, { signal });
}

/** Returns the steps with their actual results. If the size or quality was reduced further than planned, that is a step, too. */
function reported(steps: FixStep[], { planned, width = 0, height = 0, quality }: Done, media: Media): FixStep[] {
  const all = steps.map((step) => ({ ...step }));
  const add = (kind: FixStep['kind'], loss: 'pixels' | 'quality', to: object) => {
    const last = all.at(-1) as FixStep;
    all.push({ kind, reason: 'max_bytes', from: last.to, to: { ...last.to, ...to }, lossless: false, loses: [loss] });
  };
  if (planned) {
    const isSmaller = width < planned.width || height < planned.height;
    if (isSmaller && !all.some(({ kind }) => kind === 'downscale')) add('downscale', 'pixels', { width, height });
    if (quality !== undefined && quality < planned.quality && !all.some(({ kind }) => kind === 'compress'))
      add('compress', 'quality', {});
  }
  for (const step of all) delete step.estimatedBytes;
  const last = all.at(-1);
  const { bytes, duration } = media;
  if (last) {
    last.to = { ...last.to, bytes, ...(duration !== undefined && { duration }) };
    if (media.width && media.height) last.to = { ...last.to, width: media.width, height: media.height };
  }
  return all;
}

function asFile(blob: Blob, name: string, lastModified?: number): File {
  if (isFile(blob)) return blob;
  return new File([blob], name || 'file', { type: blob.type, ...(lastModified !== undefined && { lastModified }) });
}

/** Returns a signal that aborts with the given one, or after the time. */
function timeoutSignal(signal: AbortSignal | undefined, millis: number): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  const late = () => controller.abort(new DOMException(`not fixed within ${millis / 1000} s`, 'TimeoutError'));
  const timer = setTimeout(late, millis);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    },
  };
}

/** Returns whether a file of the package could not be loaded, which is not a reason to reject the user's file. */
function isSetupError(error: unknown): boolean {
  return (Object(error) as Error).name === 'SetupError';
}
