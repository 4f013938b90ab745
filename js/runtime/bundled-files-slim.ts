// For `mediaferry/slim`: nothing comes along, the page gives `init` what it needs.

import type { BundledFile } from './bundled-files.js';

export const core: BundledFile = {};
export const formats: BundledFile = {};
export const worker: BundledFile = {};
