// For `mediaferry/slim`: no files are included; the page passes them to `init()`.

import type { BundledFile } from './bundled-files.js';

export const core: BundledFile = {};
export const formats: BundledFile = {};
export const worker: BundledFile = {};
export const fix: BundledFile = {};
export const drawWorker: BundledFile = {};
