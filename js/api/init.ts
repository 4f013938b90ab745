// Options of `init`: the URLs of the WebAssembly modules and of the worker.

/** A WebAssembly module: its URL, a response with it, its bytes, or the compiled module. */
export type WasmSource = string | URL | Response | BufferSource | WebAssembly.Module;

/** Options of `init`. */
export interface InitOptions {
  /**
   * The core. Required in `mediaferry/slim`.
   * @default core.wasm beside this module, or an inlined copy if that file cannot be loaded
   */
  wasm?: WasmSource;
  /**
   * The core that can also send a file in parts, loaded for the first file of `multipartThreshold` bytes or more, or the first
   * upload with `presignedParts()`. In `mediaferry/slim` there is no default: without it, a large file is sent in one request.
   * @default parts.wasm beside this module, or an inlined copy if that file cannot be loaded
   */
  parts?: WasmSource;
  /**
   * Support for more formats, loaded for the first file that needs it. In `mediaferry/slim` there is no default.
   * @default formats.wasm beside this module, or an inlined copy if that file cannot be loaded
   */
  formats?: WasmSource;
  /**
   * Plans and lossless changes, loaded for the first call of `plan()` or `fix()`, or the first upload with `fix` or
   * `privacy`. In `mediaferry/slim` and `mediaferry/standalone` there is no default.
   * @default fix.wasm beside this module, or an inlined copy if that file cannot be loaded
   */
  fix?: WasmSource;
  /**
   * The script of the worker that draws images for `fix()`, or `false` to draw on the main thread.
   * @default draw-worker.js beside this module, or an inlined copy if that file cannot be loaded
   */
  drawWorker?: string | URL | false;
  /**
   * The worker's script, or `false` to run the core on the main thread.
   * @default worker.js beside this module, or an inlined copy if that file cannot be loaded
   */
  worker?: string | URL | false;
  /**
   * The script of the worker for `parts`. With `worker: false`, there is none.
   * @default parts-worker.js beside this module, or an inlined copy if that file cannot be loaded
   */
  partsWorker?: string | URL;
}
