// Written by scripts/build/javascript.mjs: core.wasm, gzipped, in base64.
declare const copy: string;
export default copy;
