// Makes a copy of a file what the file would be.

/** Returns a wasm module; `copy` is gzipped, in base64. */
export async function unpack(copy: string): Promise<BufferSource> {
  const bytes = Uint8Array.from(atob(copy), (letter) => letter.charCodeAt(0));
  const unzipped = (new Response(bytes).body as ReadableStream).pipeThrough(new DecompressionStream('gzip'));
  return await new Response(unzipped).arrayBuffer();
}

/** How long a worker may take to load its script. */
const LOAD_MILLIS = 10_000;

/** Returns a URL for a worker. It is of the page's own origin, also if the package was loaded from another one. */
export function scriptUrl(copy: string): string {
  const url = URL.createObjectURL(new Blob([copy], { type: 'text/javascript' }));
  setTimeout(() => URL.revokeObjectURL(url), LOAD_MILLIS);
  return url;
}
