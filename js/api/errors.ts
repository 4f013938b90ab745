// The errors of the package. All entries and the scripts that are loaded on demand import this file, so that each class exists
// once.

export { explain } from './messages.js';
export { importOrThrow, type SetupCode, SetupError, type WasmName } from './setup-error.js';
export { UploadError } from './upload-error.js';
