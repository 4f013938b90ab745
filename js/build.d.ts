// Constants that the build puts in.

/** Tells the builds of the package apart: the worker's must be the page's. */
declare const BUILD: string;
/** What `wasmId()` gives for this build's core.wasm. */
declare const CORE_ID: number;
/** What `wasmId()` gives for this build's formats.wasm. */
declare const FORMATS_ID: number;
