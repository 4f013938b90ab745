// Which build a wasm module is of.

/**
 * Tells builds apart by what a module imports and exports and by the id that the build writes into it, so that a module of
 * another version is found out before its first call.
 */
export function wasmId(module: WebAssembly.Module): number {
  const { imports, exports, customSections } = WebAssembly.Module;
  const names = [...imports(module), ...exports(module)].map(({ name }) => name);
  const [id = new ArrayBuffer(0)] = customSections(module, 'mediaferry');
  const text = names.join() + new TextDecoder().decode(id);
  let hash = 0;
  for (const char of text) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) | 0;
  return hash;
}
