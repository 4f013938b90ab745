// For `mediaferry/slim`: no files are included; the page passes them to `init()`.

import type { BundledFile } from './bundled-files.js';

export const core: BundledFile<BufferSource> = {};
export const parts: BundledFile<BufferSource> = {};
export const formats: BundledFile<BufferSource> = {};
export const fix: BundledFile<BufferSource> = {};
export const drawWorker: BundledFile<string> = {};
export const worker: BundledFile<string> = {};
export const partsWorker: BundledFile<string> = {};
export const host = () => import('./host.js');
export const partsHost = () => import('./parts-host.js');
