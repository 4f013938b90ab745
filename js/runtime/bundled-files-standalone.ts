// For `mediaferry/standalone`: everything is in one script, and the core runs on its thread.

import type { BundledFile } from './bundled-files.js';
import * as hostScript from './host.js';
import inlineCore from './inline-core.js';
import inlineFormats from './inline-formats.js';
import { unpack } from './unpack.js';

export const core: BundledFile<BufferSource> = { copy: () => unpack(inlineCore) };
export const formats: BundledFile<BufferSource> = { copy: () => unpack(inlineFormats) };
/** A third of the script for what few pages need: they pass it to `init({ fix })`. */
export const fix: BundledFile<BufferSource> = {};
export const drawWorker: BundledFile<string> = {};
export const worker: BundledFile<string> = {};
export const host = async () => hostScript;
