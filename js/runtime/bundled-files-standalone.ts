// For `mediaferry/standalone`: everything is in one script, and the core runs on its thread: the one that can do everything.

import type { BundledFile } from './bundled-files.js';
import inlineFormats from './inline-formats.js';
import inlineParts from './inline-parts.js';
import * as hostScript from './parts-host.js';
import { unpack } from './unpack.js';

export const core: BundledFile<BufferSource> = { copy: () => unpack(inlineParts) };
/** No other core is needed. */
export const parts: BundledFile<BufferSource> = {};
export const formats: BundledFile<BufferSource> = { copy: () => unpack(inlineFormats) };
/** A third of the script for what few pages need: they pass it to `init({ fix })`. */
export const fix: BundledFile<BufferSource> = {};
export const drawWorker: BundledFile<string> = {};
export const worker: BundledFile<string> = {};
export const partsWorker: BundledFile<string> = {};
export const host = async () => hostScript;
export const partsHost = host;
