// Identifies the build of a wasm module.

/**
 * Returns a hash of a module's imports, exports and build id, which detects a module of another version before it is called.
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
