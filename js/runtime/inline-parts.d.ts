// Written by scripts/build/javascript.mjs: parts.wasm, compressed and in base64.
declare const copy: string;
export default copy;
