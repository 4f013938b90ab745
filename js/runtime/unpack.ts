// Unpacks the copy of a wasm module.

/** Returns the module; `copy` is gzipped, in base64. */
export async function unpack(copy: string): Promise<BufferSource> {
  const bytes = Uint8Array.from(atob(copy), (letter) => letter.charCodeAt(0));
  const unzipped = (new Response(bytes).body as ReadableStream).pipeThrough(new DecompressionStream('gzip'));
  return await new Response(unzipped).arrayBuffer();
}
