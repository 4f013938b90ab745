// Compiles a wasm module of the package: what the page gives, else the file beside the script, else the copy inside it.

import type { Part } from './parts.js';
import { SetupError } from './setup-error.js';
import type { WasmSource } from './types.js';

const MAGIC = [0, 0x61, 0x73, 0x6d];
/** The smallest module there is. */
const EMPTY = Uint8Array.of(...MAGIC, 1, 0, 0, 0);

/**
 * Compiles `given`, or the package's own `part` where nothing is given.
 * @throws {SetupError}
 */
export async function compile(given: WasmSource | undefined, part: Part): Promise<WebAssembly.Module> {
  await mustBeAllowed();
  if (given instanceof WebAssembly.Module) return given;
  if (given !== undefined) return await build(await read(given));
  if (part.url) {
    try {
      return await build(await read(part.url()));
    } catch {
      // A bundler or a server has left the file behind, or answers something else in its place.
    }
  }
  const copy = await part.copy?.().catch(missing);
  return await build(await unpack(copy ?? missing()));
}

function missing(cause?: unknown): never {
  throw new SetupError('wasm_missing', cause);
}

/**
 * Browsers word a refusal differently, and as if the bytes were wrong; bytes that cannot be wrong tell it apart.
 * WebKit refuses no compilation, only the instance.
 */
async function mustBeAllowed(): Promise<void> {
  try {
    await WebAssembly.instantiate(EMPTY);
  } catch (cause) {
    throw new SetupError('wasm_blocked', cause);
  }
}

async function build(bytes: BufferSource): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new SetupError('wasm_invalid', cause);
  }
}

async function read(given: string | URL | Response | BufferSource): Promise<BufferSource> {
  if (ArrayBuffer.isView(given) || given instanceof ArrayBuffer) return given;
  const response = given instanceof Response ? given : await fetch(given).catch(missing);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // A server that answers every path with its index.html would otherwise make a puzzling CompileError.
  if (response.ok && MAGIC.every((byte, at) => bytes[at] === byte)) return bytes;
  return missing(`status ${response.status} and no WebAssembly`);
}

async function unpack(copy: string): Promise<BufferSource> {
  const bytes = Uint8Array.from(atob(copy), (letter) => letter.charCodeAt(0));
  const unzipped = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return await new Response(unzipped).arrayBuffer();
}
