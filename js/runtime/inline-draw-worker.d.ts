// Written by scripts/build/javascript.mjs: the text of draw-worker.js.
declare const copy: string;
export default copy;
