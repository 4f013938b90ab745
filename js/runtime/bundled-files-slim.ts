// For `mediaferry/slim`: nothing comes along, the page gives `init` what it needs.

import type { Part } from './bundled-files.js';

export const core: Part = {};
export const formats: Part = {};
export const worker: Part = {};
