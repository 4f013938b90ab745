// Where the WebAssembly modules and the worker come from.

/** A WebAssembly module: its address, an answer with it, its bytes, or compiled. */
export type WasmSource = string | URL | Response | BufferSource | WebAssembly.Module;

/** Options of `init`. */
export interface InitOptions {
  /**
   * The core. `mediaferry/slim` has none of its own.
   * @default core.wasm beside this module, or a copy of it where that cannot be had
   */
  wasm?: WasmSource;
  /**
   * The formats that the core does not know, loaded for the first file that needs them. `mediaferry/slim` has none of its own.
   * @default formats.wasm beside this module, or a copy of it where that cannot be had
   */
  formats?: WasmSource;
  /**
   * The worker's script, or `false` to stay on the main thread.
   * @default worker.js beside this module, or a copy of it where that cannot be had
   */
  worker?: string | URL | false;
}
