// One attempt of an upload under the fake: the same events in the same order as those of the core.

import type { ErrorFacts } from '../api/error-facts.js';
import { isBlob } from '../api/realm.js';
import type { Asset, ErrorCode, Limits, ListedAsset, Media, RemoteAsset, Source, Stage } from '../api/types.js';
import type { CoreEvent, InnerEvent } from '../runtime/protocol.js';
import { completeError, STAGES } from './check-script.js';
import type { Control } from './control.js';
import { Failed } from './failed.js';
import { assumedMedia, checksum, EMPTY, isAccepted, unsupported, verdictOn } from './files.js';
import type { UploadScript } from './script-types.js';

/** The progress at the beginning of each stage, without that of the file. */
const REACHED: Record<Stage, number> = {
  fix: 0,
  inspect: 0,
  hash: 0.01,
  ticket: 0.01,
  transfer: 0.02,
  submit: 0.02,
  process: 0.06,
};
/** The progress of the file. */
const SENT = 0.9;

/** The errors of files that are not identified. */
const UNIDENTIFIED: readonly ErrorCode[] = ['unrecognised_file', 'unreadable_file'];

/** The budget of a retry, as that of the core. */
const RETRY_MILLIS = 120_000;

type Emit = (event: CoreEvent | InnerEvent) => void;

/** What is uploaded, and by what rules. */
export interface FakeTask {
  source: Source;
  provider: string;
  /** The limits of the provider; `undefined` if it is a custom one, which accepts everything here. */
  accepts: readonly Limits[] | undefined;
  acceptsUrls: boolean;
  /** The types that the queue allows. */
  accept: readonly string[] | undefined;
  isHashed: boolean;
  /** The stage that failed in the attempt before, if this one continues it. */
  resumesAt: Stage | undefined;
  stepMillis: number;
  /** Called before anything is sent. */
  authenticate: () => Promise<void>;
}

export class FakeUpload {
  readonly #task: FakeTask;
  readonly #script: UploadScript;
  readonly #control: Control;
  readonly #emit: Emit;
  readonly #file: Blob | undefined;
  readonly #total: number;
  readonly #failure: (ErrorFacts & { stage: Stage }) | undefined;
  /** Whether the upload has stopped at `holdAt` before. */
  #hasHeld = false;
  #fraction = 0;
  #sent = 0;

  constructor(task: FakeTask, script: UploadScript, control: Control, emit: Emit) {
    this.#task = task;
    this.#script = script;
    this.#control = control;
    this.#emit = emit;
    this.#file = isBlob(task.source) ? task.source : undefined;
    this.#total = this.#file?.size ?? 0;
    this.#failure = script.error === undefined ? undefined : completeError(script.error);
  }

  /**
   * Resolves to the asset.
   * @throws {Failed}
   * @throws {Cancelled}
   */
  async run(number: number): Promise<RemoteAsset & Partial<Asset>> {
    let media: Media | undefined;
    for (const stage of this.#stages()) {
      await this.#control.step();
      this.#emit({ type: 'stage', stage });
      this.#report(stage);
      if (this.#script.holdAt === stage) await this.#hold();
      if (stage === 'inspect') {
        media = this.#inspect();
        await this.#task.authenticate();
      }
      if (stage === (this.#file ? 'transfer' : 'submit')) await this.#transfer();
      this.#failAt(stage);
    }
    const asset = await this.#asset(number, media);
    await this.#control.step();
    this.#sent = this.#total;
    this.#fraction = 1;
    this.#report('process');
    return asset;
  }

  /** The stages of this attempt, with the one that the script names. */
  #stages(): Stage[] {
    const { holdAt } = this.#script;
    const named = [holdAt, this.#failure?.stage];
    const skipped: Stage[] = this.#file ? [] : ['ticket', 'transfer'];
    const resumesAt = STAGES.indexOf(this.#task.resumesAt ?? 'ticket');
    // What is stored is not sent again.
    if (resumesAt > STAGES.indexOf('transfer')) skipped.push('ticket', 'transfer');
    const stages = STAGES.filter((stage) => (stage === 'hash' ? named.includes(stage) : !skipped.includes(stage)));
    if (this.#file && !stages.includes('transfer')) this.#sent = this.#total;
    return stages;
  }

  #inspect(): Media | undefined {
    const { accepts, accept, acceptsUrls } = this.#task;
    const file = this.#file;
    if (!file) {
      if (!acceptsUrls) this.#reject({ rule: 'source', actual: 'URL', limit: ['file'] });
      return undefined;
    }
    if (file.size === 0) this.#reject(EMPTY);
    if (this.#failure && UNIDENTIFIED.includes(this.#failure.code)) this.#failAt('inspect');
    const media = assumedMedia(file, this.#script.media);
    if (!media) {
      const violations = [unsupported(accepts ?? [])];
      throw this.#failed({ code: 'unrecognised_file', retryable: false, outcomeUnknown: false, violations }, 'inspect');
    }
    this.#emit({ type: 'inspected', media });
    if (accept?.length && !accept.some((entry) => isAccepted(media, entry)))
      this.#reject({ rule: 'allowedFileTypes', actual: media.format, limit: [...accept] });
    const { violations, warnings } = accepts ? verdictOn(accepts, file, media) : { violations: [], warnings: [] };
    if (violations.length > 0) this.#reject(...violations);
    this.#failAt('inspect');
    const all = [...warnings, ...(this.#script.warnings ?? [])];
    if (all.length > 0) this.#emit({ type: 'warnings', warnings: all });
    return media;
  }

  /** Sends the file, or the URL. */
  async #transfer(): Promise<void> {
    const { retries = [] } = this.#script;
    this.#emit({
      type: 'known',
      known: { hasSent: true, outcomeUnknown: false, continuation: continuation('transfer') },
    });
    for (const [at, error] of retries.entries()) {
      await this.#send(this.#fractions().slice(0, 1));
      const { stepMillis: delayMillis } = this.#task;
      this.#emit({ type: 'retry', retry: { error, attempt: at + 1, delayMillis, remainingMillis: RETRY_MILLIS } });
    }
    await this.#send(this.#fractions());
  }

  /** The fractions to report, with the one at which the upload stops. */
  #fractions(): number[] {
    const { progress = [0.5, 1], holdAt } = this.#script;
    if (!this.#file) return [];
    if (typeof holdAt !== 'number') return [...progress];
    return [
      ...progress.filter((fraction) => fraction < holdAt),
      holdAt,
      ...progress.filter((fraction) => fraction > holdAt),
    ];
  }

  /** Sends the file. As with a presigned PUT, a pause makes it start again from its first byte. */
  async #send(fractions: number[]): Promise<void> {
    this.#sent = 0;
    for (const fraction of fractions) {
      if (await this.#control.step()) return await this.#send(fractions);
      this.#sent = Math.floor(fraction * this.#total);
      this.#report('transfer');
      if (fraction === this.#script.holdAt) await this.#hold();
    }
  }

  async #hold(): Promise<void> {
    if (this.#hasHeld) return;
    await this.#control.wait(this.#script.until ?? new Promise(() => {}));
    this.#hasHeld = true;
  }

  async #asset(number: number, media: Media | undefined): Promise<RemoteAsset & Partial<Asset>> {
    const { provider, isHashed } = this.#task;
    const { asset = {} } = this.#script;
    const id = `fake-${number}`;
    const url = asset.url ?? `https://assets.invalid/${id}${media?.extension ? `.${media.extension}` : ''}`;
    const ref = asset.ref ?? asset.uri ?? url;
    return {
      ...{ ref, url, id, provider, requestFragment: ref, raw: {} },
      ...(media ? { media } : {}),
      ...(this.#file && isHashed ? { sha256: await checksum(this.#file) } : {}),
      ...asset,
    };
  }

  /** Reports the progress, which never decreases. */
  #report(stage: Stage): void {
    const part = this.#total === 0 ? 0 : this.#sent / this.#total;
    this.#fraction = Math.max(this.#fraction, REACHED[stage] + SENT * part);
    const progress = { fraction: this.#fraction, sentBytes: this.#sent, totalBytes: this.#total };
    this.#emit({ type: 'progress', progress });
  }

  #reject(...violations: NonNullable<ErrorFacts['violations']>): never {
    throw this.#failed({ code: 'rejected', retryable: false, outcomeUnknown: false, violations }, 'inspect');
  }

  /** Throws the script's error if it occurs in this stage, or would have in one that this attempt does not have. */
  #failAt(stage: Stage): void {
    const failure = this.#failure;
    if (!failure || STAGES.indexOf(stage) < STAGES.indexOf(failure.stage)) return;
    throw this.#failed(failure, stage);
  }

  #failed(facts: ErrorFacts, stage: Stage): Failed {
    return new Failed({ ...facts, stage, provider: this.#task.provider, continuation: continuation(stage) });
  }
}

/** What a retry passes on: where it continues. */
const continuation = (stage: Stage) => JSON.stringify({ stage });

/** The listed form of an asset. */
export function listed({
  ref: _,
  requestFragment: __,
  media: ___,
  sha256: ____,
  ...asset
}: RemoteAsset & Partial<Asset>): ListedAsset {
  return { ...asset, status: 'active' };
}
