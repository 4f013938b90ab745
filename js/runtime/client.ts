// Everything that needs the core. It is a script of its own, which is loaded with the first call.

import { importOrThrow } from '../api/errors.js';
import type {
  CallOptions,
  InitOptions,
  Kind,
  ListedAsset,
  ListOptions,
  LocalOptions,
  Media,
  ProviderId,
  RemoteAsset,
  Source,
  UploadOptions,
  Violation,
} from '../api/types.js';
import { serializeProvider } from '../custom-provider/serialize.js';
import type { Fixer, FixerTools } from '../fix/fixer.js';
import type { Method } from '../generated/core.js';
import type { Attempt, RunState } from '../upload/attempt.js';
import { runUpload, type UploadTools } from '../upload/run-upload.js';
import type { TaskOptions } from '../upload/serialize-upload.js';
import { createQueryHandler, parseDates, serializeCall, type WithMillis } from './calls.js';
import type { CallHandlers } from './connection.js';
import { Cores } from './cores.js';
import type { HeadStart } from './head-start.js';
import type { PackageFiles } from './package-files.js';
import { compile } from './wasm.js';

export class Client {
  readonly #files: PackageFiles;
  readonly #cores: Cores;
  readonly #uploadTools: UploadTools;
  #fixer: Fixer | undefined;

  constructor(files: PackageFiles, begun: HeadStart) {
    this.#files = files;
    this.#cores = new Cores(files, begun);
    this.#uploadTools = {
      cores: this.#cores,
      fixer: () => this.fixer(),
      discardParts: (options, continuation) => void this.discardParts(options, continuation).catch(() => {}),
    };
  }

  /** Starts the core. */
  async init(options: InitOptions): Promise<void> {
    await this.#cores.connect(options);
  }

  /** Stops the workers. */
  async close(): Promise<void> {
    await this.#cores.close();
  }

  /** Makes one attempt of an upload. */
  async upload<A extends RemoteAsset>(
    source: Source,
    options: TaskOptions,
    state: RunState,
    attempt: Attempt,
  ): Promise<A> {
    return await runUpload(this.#uploadTools, { source, options, state }, attempt);
  }

  /** Deletes the parts that an upload has stored. */
  async discardParts({ provider, gateway, headers, token }: UploadOptions, continuation: string): Promise<void> {
    const options = { provider, gateway, headers, token } as UploadOptions;
    const call = serializeCall('discard', options, { continuation });
    await this.#cores.call({ ...call, core: 'parts' }, { onQuery: createQueryHandler(options) });
  }

  /** Calls a function of the core that reads a file and sends nothing. */
  async callLocal<T>(method: Method, source: Blob, options?: LocalOptions): Promise<T> {
    return await this.#cores.callLocal(method, source, options);
  }

  async checkRequest(kinds: Kind[], options: { provider: ProviderId }): Promise<Violation[]> {
    return await this.#cores.call({ json: JSON.stringify({ method: 'checkRequest', ...options, kinds }) });
  }

  /** Requests one page of a list of assets. */
  async list(options: ListOptions, page: number): Promise<{ assets: ListedAsset[]; total: number }> {
    const { pageSize } = options;
    const call = serializeCall('list', options, { page, pageSize });
    const { assets, total } = await this.#cores.call<{ assets: WithMillis<ListedAsset>[]; total: number }>(
      call,
      handlersOf(options),
    );
    return { assets: assets.map(parseDates<ListedAsset>), total };
  }

  async deleteAsset(id: string, options: CallOptions): Promise<void> {
    await this.#cores.call(serializeCall('delete', options, { id }), handlersOf(options));
  }

  /** Returns what plans and makes fixes. Starts the core first, because its options contain the URLs of the package. */
  async fixer(): Promise<Fixer> {
    const [{ createFixer }] = await Promise.all([importOrThrow(import('../fix/fixer.js')), this.#cores.connect()]);
    this.#fixer ??= createFixer(this.#fixerTools());
    return this.#fixer;
  }

  #fixerTools(): FixerTools {
    const { drawWorker: url } = this.#cores.initOptions;
    return {
      probe: (source, { signal, messages }) => this.#cores.callLocal<Media>('probe', source, { signal, messages }),
      compile: () => compile(this.#files.fix, 'fix', this.#cores.initOptions.fix),
      worker: url === undefined ? this.#files.drawWorker : url === false ? {} : { url: () => url as URL },
      serializeProvider,
    };
  }
}

function handlersOf(options: CallOptions): CallHandlers {
  return { ...options, onQuery: createQueryHandler(options, options.signal) };
}
