// Written by scripts/build/javascript.mjs: fix.wasm, gzipped, in base64.
declare const copy: string;
export default copy;
