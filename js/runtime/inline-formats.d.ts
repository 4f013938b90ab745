// Written by scripts/build/javascript.mjs: formats.wasm, gzipped, in base64.
declare const copy: string;
export default copy;
