// What the build provides: constants, and style sheets as text.

/** Identifies the build of the package. The worker's must be the same as the page's. */
declare const BUILD: string;
/** The result of `wasmId()` for this build's core.wasm. */
declare const CORE_ID: number;
/** The result of `wasmId()` for this build's parts.wasm. */
declare const PARTS_ID: number;
/** The result of `wasmId()` for this build's formats.wasm. */
declare const FORMATS_ID: number;
/** The result of `wasmId()` for this build's fix.wasm. */
declare const FIX_ID: number;

declare module '*.css' {
  /** The style sheet, minified. */
  const css: string;
  export default css;
}
