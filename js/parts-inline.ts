// For `mediaferry/inline`: nothing lies beside it, all comes with the script.

import inlineCore from './inline-core.js';
import inlineWorker from './inline-worker.js';
import type { Part } from './parts.js';

export const core: Part = { copy: async () => inlineCore };
export const worker: Part = { copy: async () => inlineWorker };
