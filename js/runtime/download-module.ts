// Modules that are compiled while they arrive.

/** Downloads a module. Returns the response instead if it has to be read first. */
export async function downloadModule(url: string | URL): Promise<WebAssembly.Module | Response> {
  return await compileArriving(await fetch(url));
}

/** Compiles a response while it arrives, if the server names its type. Otherwise returns the response. */
export async function compileArriving(response: Response): Promise<WebAssembly.Module | Response> {
  const isNamed = response.ok && response.headers.get('content-type') === 'application/wasm';
  return isNamed ? await WebAssembly.compileStreaming(response) : response;
}
