// The cores of the page. Each is loaded with the first call that needs it.

import { SetupError, UploadError } from '../api/errors.js';
import type { InitOptions } from '../api/types.js';
import { withSignal } from '../api/waiting.js';
import type { Method } from '../generated/core.js';
import { type CallHandlers, type Connection, CoreLost } from './connection.js';
import type { HeadStart } from './head-start.js';
import { fakeHost } from './installed-fake.js';
import { endWorker } from './open-worker.js';
import type { PackageFiles } from './package-files.js';
import type { Call, CoreName } from './protocol.js';
import { connect, hasCore } from './start.js';

export class Cores {
  readonly #files: PackageFiles;
  /** What had begun before this script was loaded. The first connection uses it. */
  #begun: HeadStart | undefined;
  readonly #connections: Partial<Record<CoreName, Promise<Connection>>> = {};
  /** The options with which a core was started, or starts. The next one starts with the same. */
  #startedWith: InitOptions | undefined;
  /** The fake that the connection leads to. */
  #usedFake: ReturnType<typeof fakeHost>;

  constructor(files: PackageFiles, begun: HeadStart) {
    this.#files = files;
    this.#begun = begun;
  }

  /** The options of `init()` with which a core was started. */
  get initOptions(): InitOptions {
    return this.#startedWith ?? {};
  }

  /** Returns the connection to a core. If it failed or was closed, the next call connects again. */
  connect(options = this.#startedWith, wanted: CoreName = 'core'): Promise<Connection> {
    const fake = fakeHost();
    if (fake !== this.#usedFake) void this.close();
    const name = fake || !hasCore(this.#files, wanted, options) ? 'core' : wanted;
    const existing = this.#connections[name];
    if (existing) return existing;
    this.#usedFake = fake;
    const forget = () => {
      if (this.#connections[name] === started) delete this.#connections[name];
    };
    const before = this.#startedWith;
    // Now, so that the other core, if it is needed meanwhile, gets them as well.
    this.#startedWith = options;
    const begun = fake ? undefined : this.#takeBegun(name);
    const started = connect({ files: this.#files, name, options, begun, onDied: forget, fake }).catch(
      (error: unknown) => {
        forget();
        if (this.#startedWith === options) this.#startedWith = before;
        throw error;
      },
    );
    this.#connections[name] = started;
    return started;
  }

  async close(): Promise<void> {
    this.#takeBegun(undefined);
    const closing = Object.values(this.#connections);
    for (const name of ['core', 'parts'] as const) delete this.#connections[name];
    // One that has failed has nothing to close.
    for (const result of await Promise.allSettled(closing)) if (result.status === 'fulfilled') result.value.close();
  }

  /**
   * Calls the core. If it dies before the call has sent anything, the call is repeated once with a new core. Only once, because
   * the call itself may be what kills the core.
   */
  async call<T>(call: Call, handlers?: CallHandlers): Promise<T> {
    // In jsdom, the content of a file cannot be read.
    if (call.source && !call.source.arrayBuffer && !fakeHost()) throw new SetupError('unsupported');
    for (let isRestarted = false; ; isRestarted = true) {
      const core = await withSignal(handlers?.signal, this.connect(this.#startedWith, call.core));
      try {
        return await core.call<T>(call, handlers);
      } catch (error) {
        if (!(error instanceof CoreLost)) throw error;
        const { hasSent, continuation, ...known } = error.known;
        if (!hasSent && !isRestarted) continue;
        handlers?.onContinuation?.(continuation);
        const facts = {
          code: 'interrupted',
          retryable: !known.outcomeUnknown,
          ...known,
          provider: call.provider,
        } as const;
        throw Object.assign(new UploadError(facts, handlers?.messages), { cause: error });
      }
    }
  }

  /** Calls a function of the core that reads a file and sends nothing. */
  async callLocal<T>(
    method: Method,
    source: Blob,
    { signal, messages, ...options }: Pick<CallHandlers, 'signal' | 'messages'> = {},
  ): Promise<T> {
    return await this.call({ source, json: JSON.stringify({ method, options }) }, { signal, messages });
  }

  /** Takes what has begun, if it is of this core. Otherwise, ends it. */
  #takeBegun(name: CoreName | undefined): HeadStart | undefined {
    const begun = this.#begun;
    this.#begun = undefined;
    if (begun?.name === name) return begun;
    endWorker(begun?.worker);
    return undefined;
  }
}
