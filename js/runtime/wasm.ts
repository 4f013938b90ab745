// Compiles a wasm module of the package: the one passed to `init()`, otherwise the file beside the script or its copy.

import { type SetupCode, SetupError, type WasmName } from '../api/errors.js';
import { isResponse } from '../api/realm.js';
import type { WasmSource } from '../api/types.js';
import { withTimeout } from '../api/waiting.js';
import { compileArriving, downloadModule } from './download-module.js';
import type { HeadStart } from './head-start.js';
import type { BundledFile } from './package-files.js';
import { urlOf } from './url-of.js';
import { wasmId } from './wasm-id.js';

const MAGIC = [0, 0x61, 0x73, 0x6d];
/** The smallest valid module. */
const EMPTY_MODULE = Uint8Array.of(...MAGIC, 1, 0, 0, 0);

/** How long the file may take before the copy is loaded, too. The first one is used. */
const FALLBACK_MILLIS = 8_000;
/** The maximum time for loading a module. */
const LOAD_MILLIS = 30_000;

const IDS = { core: CORE_ID, parts: PARTS_ID, formats: FORMATS_ID, fix: FIX_ID };

/** A module of the package, and its download if that has begun. */
type ModuleFile = BundledFile<BufferSource> & { download?: HeadStart['download'] };

/**
 * Compiles `source` or, without one, the package's own module of this name. Rejects a module of another build.
 * @throws {SetupError}
 */
export async function compile(
  file: ModuleFile,
  name: WasmName,
  source: WasmSource | undefined,
): Promise<WebAssembly.Module> {
  try {
    return await withTimeout(load(file, name, source), LOAD_MILLIS, late);
  } catch (cause) {
    if (cause instanceof LoadError) throw new SetupError(cause.code, cause.why, name);
    throw new SetupError('unsupported', cause);
  }
}

async function load(file: ModuleFile, name: WasmName, source: WasmSource | undefined): Promise<WebAssembly.Module> {
  const allowed = assertAllowed();
  // Meanwhile, the file is fetched.
  const loading = loadIfAllowed(file, name, source, allowed);
  // If the policy blocks WebAssembly, nothing awaits it.
  loading.catch(() => {});
  await allowed;
  return await loading;
}

async function loadIfAllowed(
  file: ModuleFile,
  name: WasmName,
  source: WasmSource | undefined,
  allowed: Promise<void>,
): Promise<WebAssembly.Module> {
  const verify = (module: WebAssembly.Module) => {
    if (wasmId(module) === IDS[name]) return module;
    throw new LoadError('wasm_invalid', 'the module is of another build');
  };
  if (source !== undefined) return verify(isModule(source) ? source : await build(source));
  const { copy, download } = file;
  const place = download ?? urlOf(file);
  const fromFile = place && (async () => verify(await build(place)));
  const fromCopy =
    copy &&
    (async () => {
      await allowed;
      return verify(await build(await copy().catch(missing)));
    });
  return await firstLoaded(fromFile ?? fromCopy ?? missing, fromFile && fromCopy);
}

/** The reason why a module cannot be loaded. */
class LoadError {
  constructor(
    readonly code: SetupCode,
    readonly why: unknown,
  ) {}
}

/**
 * Resolves to the first result. `second` is called if `first` fails or takes long. If both fail, the reason is that of the first.
 */
async function firstLoaded<T>(first: () => Promise<T>, second?: () => Promise<T>): Promise<T> {
  const loading = first();
  if (!second) return await loading;
  // A bundler or a server may omit the file, serve something else instead, or serve an old version.
  const isLoaded = loading.then(
    () => true,
    () => false,
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isLate = new Promise<false>((resolve) => (timer = setTimeout(resolve, FALLBACK_MILLIS, false)));
  if (await Promise.race([isLoaded, isLate]).finally(() => clearTimeout(timer))) return await loading;
  return await Promise.any([loading, second()]).catch(({ errors: [reason] }: AggregateError) => {
    throw reason;
  });
}

/** The error of a module that is not loaded in time. */
const late = () =>
  new LoadError('wasm_missing', new DOMException(`no response within ${LOAD_MILLIS / 1000} s`, 'TimeoutError'));

function isModule(source: unknown): source is WebAssembly.Module {
  return Object.prototype.toString.call(source) === '[object WebAssembly.Module]';
}

function missing(cause?: unknown): never {
  throw new LoadError('wasm_missing', cause);
}

/**
 * Throws if the Content-Security-Policy blocks WebAssembly. Browsers report that differently, and like invalid bytes, so this
 * tries a module that is certainly valid. WebKit blocks the instantiation only, not the compilation.
 */
async function assertAllowed(): Promise<void> {
  try {
    await WebAssembly.instantiate(EMPTY_MODULE);
  } catch (cause) {
    throw new LoadError('wasm_blocked', cause);
  }
}

async function build(
  source: string | URL | Response | BufferSource | Promise<WebAssembly.Module | Response>,
): Promise<WebAssembly.Module> {
  if (isBytes(source)) return await WebAssembly.compile(source).catch(invalid);
  const loading = isResponse(source)
    ? compileArriving(copyOf(source))
    : source instanceof Promise
      ? source
      : downloadModule(source);
  const loaded = await loading.catch(invalidOrMissing);
  return isModule(loaded) ? loaded : await WebAssembly.compile(await read(loaded)).catch(invalid);
}

/** A copy, because the core may be started again. */
function copyOf(response: Response): Response {
  return response.bodyUsed ? response : response.clone();
}

function isBytes(source: unknown): source is BufferSource {
  return Object(source).byteLength !== undefined;
}

function invalid(cause: unknown): never {
  throw new LoadError('wasm_invalid', cause);
}

/** For a module that is compiled while it arrives: the connection may have broken. */
function invalidOrMissing(cause: unknown): never {
  throw new LoadError(Object(cause).name === 'CompileError' ? 'wasm_invalid' : 'wasm_missing', cause);
}

async function read(response: Response): Promise<BufferSource> {
  const bytes = new Uint8Array(await response.arrayBuffer().catch(missing));
  // A server that responds to every path with its index.html would otherwise cause a confusing CompileError.
  if (response.ok && MAGIC.every((byte, at) => bytes[at] === byte)) return bytes;
  return missing(`the response with status ${response.status} is not WebAssembly`);
}
