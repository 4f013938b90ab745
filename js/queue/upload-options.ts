// The options of one upload in a queue.

import type { UploaderOptions, UploadOverrides } from '../api/types.js';
import { OPTION_NAMES } from '../generated/option-names.js';
import type { TaskOptions } from '../upload/serialize-upload.js';

/** The queue's options, overridden by those of the upload. If it has a provider of its own, the other's options do not apply. */
export function uploadOptions(
  { concurrency: _, autoProceed: __, resume: ___, restrictions = {}, ...queue }: UploaderOptions,
  own: UploadOverrides = {},
): TaskOptions {
  const common: Record<string, unknown> = { ...queue };
  if ((own.provider ?? queue.provider) !== queue.provider) for (const name of OPTION_NAMES) delete common[name];
  const { allowedFileTypes: types } = restrictions;
  return { ...common, ...own, accept: typeof types === 'string' ? types.split(',') : types } as TaskOptions;
}
