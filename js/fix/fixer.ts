// Plans and carries out fixes. The script is loaded for the first one.

import { SetupError, UploadError } from '../api/errors.js';
import { isBlob } from '../api/realm.js';
import type { Fixed, FixOptions, FixStep, Media, Plan, Violation } from '../api/types.js';
import { withSignal } from '../api/waiting.js';
import { checkOptions } from './check-options.js';
import { type Conversion, convert, isVideoEncoded } from './convert.js';
import type { Drawing } from './draw.js';
import { type Drawer, drawAside, inTurn } from './drawing.js';
import { engineFor, isDecodable, isEncodable, isVideoDecodable } from './engine.js';
import { FixModule, type Spliced } from './module.js';
import { isTurned } from './orientation.js';
import { asFile, type Done, lossOf, renamed, reported } from './result.js';

/** What the fixer needs from the core and from the package. */
export interface FixerTools extends Drawer {
  probe(source: Blob, options: ProbeOptions): Promise<Media>;
  /** Compiles `fix.wasm`. */
  compile(): Promise<WebAssembly.Module>;
  serializeProvider(provider: FixOptions['provider']): unknown;
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
  draw?: Omit<Drawing, 'quality' | 'background' | 'expected'>;
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
/** A timer with a longer delay fires at once. */
const MAX_TIMER_MILLIS = 2 ** 31 - 1;

export function createFixer(tools: FixerTools): Fixer {
  return new FileFixer(tools);
}

class FileFixer implements Fixer {
  readonly #tools: FixerTools;
  readonly #prepared = new WeakMap<Plan, Prepared>();
  #loading: Promise<FixModule> | undefined;

  constructor(tools: FixerTools) {
    this.#tools = tools;
  }

  async plan(source: Blob, options: FixOptions): Promise<Plan> {
    return (await this.#prepare(source, options)).plan;
  }

  async fix(source: Blob, planOrOptions: Plan | FixOptions, listeners: FixListeners = {}): Promise<Fixed> {
    let one = this.#prepared.get(planOrOptions as Plan);
    if (!one && !('provider' in planOrOptions))
      throw new TypeError('fix() expects options with a provider, or a plan that plan() returned on this page');
    if (one && one.source !== source) throw new TypeError('the plan is for another file');
    one ??= await this.#prepare(source, planOrOptions as FixOptions);
    return await this.#carryOut(one, listeners);
  }

  #load(): Promise<FixModule> {
    this.#loading ??= this.#tools.compile().then(
      (module) => new FixModule(module),
      (error: unknown) => {
        // So that the next file tries again.
        this.#loading = undefined;
        throw error;
      },
    );
    return this.#loading;
  }

  async #prepare(source: Blob, options: FixOptions): Promise<Prepared> {
    if (!isBlob(source)) throw new TypeError('plan() and fix() expect a File or a Blob');
    checkOptions(options);
    const { signal, messages } = options;
    const [module, media] = await Promise.all([this.#load(), this.#probed(source, { signal, messages })]);
    const splices: Prepared['splices'] = new Map();
    if ('violations' in media) {
      const { violations } = media;
      const plan = { accepted: false, violations, steps: [], impossible: violations };
      return this.#remember({ plan, source, options, media: undefined, job: undefined, splices });
    }
    const engine = await engineFor(source, media, options);
    let isEncoderKnown = false;
    for (;;) {
      signal?.throwIfAborted();
      const answer = this.#ask(module, options, media, { ...requested(options), engine, splices: known(splices) });
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
      if (job?.convert && isVideoEncoded(job.convert) && !(await isVideoDecodable(media)))
        for (const step of steps) if (step.kind === 'transcode') step.needs = 'decoder';
      const accepted = violations.length === 0;
      const plan = { accepted, violations, steps, ...(impossible.length > 0 && { impossible }) };
      return this.#remember({ plan, source, options, media, job, splices });
    }
  }

  #remember(one: Prepared): Prepared {
    this.#prepared.set(one.plan, one);
    // Vue would replace the plan by a proxy, which is not known.
    Object.defineProperty(one.plan, '__v_skip', { value: true });
    return one;
  }

  /** Returns the facts of a file, or the violations of a file that cannot be identified. */
  async #probed(source: Blob, options: ProbeOptions) {
    try {
      return await this.#tools.probe(source, options);
    } catch (error) {
      const { violations = [] } = Object(error) as { violations?: Violation[] };
      if (violations.length === 0) throw error;
      return { violations };
    }
  }

  #ask(module: FixModule, options: FixOptions, media: Media, more: object): Answer {
    const { provider, model, route, type, role, limit } = options;
    const request = {
      provider: this.#tools.serializeProvider(provider),
      options: { model, route, type, role, limit },
      file: facts(media),
      ...more,
    };
    return JSON.parse(module.plan(JSON.stringify(request))) as Answer;
  }

  /** Carries out a plan, and checks the result against the same limits. */
  async #carryOut(one: Prepared, listeners: FixListeners): Promise<Fixed> {
    const { plan, source, options, media, job } = one;
    const start = performance.now();
    if (media) listeners.onInspected?.(media);
    const reject = (cause?: unknown) => rejection(plan, options, cause);
    const obstacle = obstacleOf(plan);
    // If no steps are allowed, no fix was requested, so the error has no cause.
    if (obstacle)
      throw reject(options.allow?.length === 0 ? undefined : new DOMException(obstacle, 'NotSupportedError'));
    if (!media || !job) return { file: asFile(source, media?.name ?? ''), report: { steps: [], millis: 0 } };
    const { signal } = options;
    if (!(await isConfirmed(plan, source, options)))
      throw reject(new DOMException('confirm() returned false', 'NotAllowedError'));
    return await inTurn(signal, async () => {
      listeners.onStart?.();
      try {
        const { file, steps } = await this.#limited(one, media, job, listeners);
        return { file, report: { steps, millis: Math.round(performance.now() - start) } };
      } catch (cause) {
        // An abort is reported as such, not as a failed fix.
        if (signal?.aborted) throw signal.reason;
        // That a file of the package could not be loaded is no reason to reject the user's file.
        throw cause instanceof SetupError ? cause : reject(cause);
      }
    });
  }

  /** Performs a job within the time that it may take, and checks its result. */
  async #limited(one: Prepared, media: Media, job: Job, { onProgress = () => {} }: FixListeners) {
    const { options, plan } = one;
    const limited = timeoutSignal(options.signal, options.timeout ?? DEFAULT_TIMEOUT_MILLIS);
    try {
      const done = await withSignal(limited.signal, this.#perform(one, media, job, limited.signal, onProgress));
      const { file, media: found } = await this.#checked(done.blob, one, media, limited.signal);
      onProgress(1);
      return { file, steps: reported(plan.steps, done, found) };
    } finally {
      limited.end();
    }
  }

  async #perform(
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
      const { videoTools, allow } = options;
      if (!videoTools) throw new TypeError('videoTools is missing');
      const mayEncode = (allow?.includes('transcode') ?? true) && (await isEncodable(media.kind));
      return await convert(source, job.convert, videoTools, { signal, onProgress, mayEncode });
    }
    if (!job.draw) throw new DOMException('there is nothing to do', 'InvalidStateError');
    const { quality = DEFAULT_QUALITY, background = DEFAULT_BACKGROUND } = options;
    const decoded = await decode(source, media, options, signal);
    const { width = 0, height = 0, orientation = 1 } = media;
    // What a callback of the page decodes must be upright.
    const isUpright = decoded !== source || (await isTurned(source, orientation, width, height));
    const drawing = { ...job.draw, quality, background, expected: { width, height, orientation, isUpright } };
    onProgress(0.3);
    const drawn = await drawAside({ source: decoded, drawing }, this.#tools, signal);
    return { ...drawn, planned: drawing };
  }

  /** Returns the result as a file. Rejects if it does not meet the same limits, or lost something. */
  async #checked(blob: Blob, { source, options, plan, job }: Prepared, media: Media, signal: AbortSignal) {
    const { messages } = options;
    const module = await this.#load();
    let file = asFile(blob, media.name, (source as File).lastModified);
    let found = await this.#tools.probe(file, { signal, messages });
    if (found.mime !== file.type || found.mismatch || !media.name) {
      file = renamed(file, media.name, found);
      found = { ...found, name: file.name, declaredType: found.mime, mismatch: false };
    }
    const loss = job?.convert && lossOf(media, found, plan.steps);
    if (loss) throw new DOMException(loss, 'OperationError');
    const answer = this.#ask(module, options, found, { allow: [], engine: {}, splices: [] });
    const isAccepted = 'violations' in answer && answer.violations.length === 0;
    if (!isAccepted || (options.privacy && found.hasLocation))
      throw new DOMException('the result does not meet the limits either', 'ConstraintError');
    return { file, media: found };
  }
}

/** Returns what the page allows and asks for. */
function requested({ allow, privacy, faststart }: FixOptions): object {
  return { allow, privacy, faststart };
}

/** Returns what is known about splices, in the format of src/fix/plan/json.rs. */
function known(splices: Prepared['splices']): object[] {
  return [...splices].map(([changes, spliced]) => ({
    changes,
    ...(spliced && { bytes: spliced.blob.size, changed: spliced.isChanged }),
  }));
}

/** Returns the reason why a plan cannot be carried out; `undefined` if it can. */
function obstacleOf({ impossible, steps }: Plan): string | undefined {
  if (impossible) return `no allowed step meets: ${impossible.map(({ rule }) => rule).join(', ')}`;
  const lacking = steps.find(({ needs }) => needs);
  return lacking && `${lacking.kind} needs: ${lacking.needs}`;
}

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

/** Returns a signal that aborts with the given one, or after the time. */
function timeoutSignal(signal: AbortSignal | undefined, millis: number): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  const late = () => controller.abort(new DOMException(`not fixed within ${millis / 1000} s`, 'TimeoutError'));
  const timer = setTimeout(late, Math.min(millis, MAX_TIMER_MILLIS));
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

/** Asks the page. An abort ends the question, whatever its answer. */
async function isConfirmed(plan: Plan, source: Blob, { confirm, signal }: FixOptions): Promise<boolean> {
  if (!confirm) return true;
  const asked = (async () => await confirm(plan, source, { signal: signal ?? new AbortController().signal }))();
  const isConfirmed = await withSignal(signal, asked);
  signal?.throwIfAborted();
  return isConfirmed;
}

/** Returns the error of a file that is not fixed. */
function rejection({ violations, impossible = [] }: Plan, { provider, messages }: FixOptions, cause: unknown): Error {
  const facts = {
    code: 'rejected',
    stage: 'fix',
    provider: typeof provider === 'object' ? provider.id : provider,
    violations: violations.length > 0 ? violations : impossible,
    retryable: false,
    outcomeUnknown: false,
  } as const;
  return Object.assign(new UploadError(facts, messages), cause ? { cause } : {});
}
