// For `mediaferry/standalone`: everything is in one script, and the core runs on its thread: the one that can do everything.

import * as clientScript from './client.js';
import inlineFormats from './inline-formats.js';
import inlineParts from './inline-parts.js';
import type { PackageFiles } from './package-files.js';
import * as hostScript from './parts-host.js';
import { unpack } from './unpack.js';

export const client = async () => clientScript;

const host = async () => hostScript;

export const files: PackageFiles = {
  cores: {
    core: { wasm: { copy: () => unpack(inlineParts) }, script: {}, host },
    // No other core is needed.
    parts: { wasm: {}, script: {}, host },
  },
  formats: { copy: () => unpack(inlineFormats) },
  // A third of the script for what few pages need: they pass it to `init({ fix })`.
  fix: {},
  drawWorker: {},
};
