// In place of js/runtime/bundled-files.ts: a test says what the copy is.

export const script = { copy: undefined };
const url = () => new URL('https://files.test/core.wasm');
export const core = { url, copy: () => script.copy() };
export const [parts, formats, fix] = [core, core, core];
