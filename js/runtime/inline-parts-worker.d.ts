// Written by scripts/build/javascript.mjs: the text of parts-worker.js.
declare const copy: string;
export default copy;
