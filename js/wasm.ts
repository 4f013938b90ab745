// Compiles a wasm module of the package: what the page gives, else the file beside the script, else the copy inside it.

import * as parts from './parts.js';
import { isResponse } from './realm.js';
import { type SetupCode, SetupError, type WasmName } from './setup-error.js';
import type { WasmSource } from './types.js';
import { wasmId } from './wasm-id.js';

const MAGIC = [0, 0x61, 0x73, 0x6d];
/** The smallest module there is. */
const EMPTY = Uint8Array.of(...MAGIC, 1, 0, 0, 0);

/** How long the file may take before the copy is loaded as well; whichever comes first is used. */
const LATE_MILLIS = 8_000;
/** How long a module may take to load, all in all. */
const LOAD_MILLIS = 30_000;

const IDS = { core: CORE_ID, formats: FORMATS_ID };

/**
 * Compiles `given`, or the package's own module of this name if nothing is given. A module of another build is refused.
 * @throws {SetupError}
 */
export async function compile(given: WasmSource | undefined, name: WasmName): Promise<WebAssembly.Module> {
  try {
    return await inTime(load(given, name));
  } catch (cause) {
    throw cause instanceof Failed ? new SetupError(cause.code, cause.why, name) : cause;
  }
}

async function load(given: WasmSource | undefined, name: WasmName): Promise<WebAssembly.Module> {
  await mustBeAllowed();
  const fit = (module: WebAssembly.Module) => {
    if (wasmId(module) === IDS[name]) return module;
    throw new Failed('wasm_invalid', 'it is of another build');
  };
  if (given !== undefined) return fit(isModule(given) ? given : await build(await read(given)));
  const { url, copy } = name === 'core' ? parts.core : parts.formats;
  const fromFile = url && (async () => fit(await build(await read(url()))));
  const fromCopy = copy && (async () => fit(await build(await unpack(await copy().catch(missing)))));
  return await soonest(fromFile ?? fromCopy ?? missing, fromFile && fromCopy);
}

/** Why a module cannot be had. */
class Failed {
  constructor(
    readonly code: SetupCode,
    readonly why: unknown,
  ) {}
}

/** The first that works. The second way is tried if the first fails, and beside it if it takes long. */
async function soonest<T>(first: () => Promise<T>, second?: () => Promise<T>): Promise<T> {
  if (!second) return await first();
  return await new Promise<T>((resolve, reject) => {
    let isCopied = false;
    const fallBack = () => {
      if (!isCopied) second().then(resolve, reject);
      isCopied = true;
    };
    const timer = setTimeout(fallBack, LATE_MILLIS);
    // A bundler or a server has left the file behind, answers something else in its place, or has kept an old one.
    first()
      .then(resolve, fallBack)
      .finally(() => clearTimeout(timer));
  });
}

/** The same, or an error once the time is up. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const cause = new DOMException(`no response within ${LOAD_MILLIS / 1000} s`, 'TimeoutError');
    timer = setTimeout(() => reject(new Failed('wasm_missing', cause)), LOAD_MILLIS);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function isModule(given: WasmSource): given is WebAssembly.Module {
  return Object.prototype.toString.call(given) === '[object WebAssembly.Module]';
}

function missing(cause?: unknown): never {
  throw new Failed('wasm_missing', cause);
}

/**
 * Browsers word a refusal differently, and as if the bytes were wrong; bytes that cannot be wrong tell it apart.
 * WebKit refuses no compilation, only the instance.
 */
async function mustBeAllowed(): Promise<void> {
  try {
    await WebAssembly.instantiate(EMPTY);
  } catch (cause) {
    throw new Failed('wasm_blocked', cause);
  }
}

async function build(bytes: BufferSource): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new Failed('wasm_invalid', cause);
  }
}

async function read(given: string | URL | Response | BufferSource): Promise<BufferSource> {
  if (Object(given).byteLength !== undefined) return given as BufferSource;
  const response = isResponse(given) ? given : await fetch(given as string | URL).catch(missing);
  const bytes = new Uint8Array(await response.arrayBuffer().catch(missing));
  // A server that answers every path with its index.html would otherwise make a puzzling CompileError.
  if (response.ok && MAGIC.every((byte, at) => bytes[at] === byte)) return bytes;
  return missing(`status ${response.status} and no WebAssembly`);
}

async function unpack(copy: string): Promise<BufferSource> {
  const bytes = Uint8Array.from(atob(copy), (letter) => letter.charCodeAt(0));
  const unzipped = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return await new Response(unzipped).arrayBuffer();
}
