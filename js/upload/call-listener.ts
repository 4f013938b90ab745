// The listeners in the options of an upload.

import { report } from '../api/report.js';
import type { UploadOptions } from '../api/types.js';
import type { CoreEvent } from '../runtime/protocol.js';

/** Calls the listener in the options. An error that it throws is reported, and the upload continues. */
export function callListener(options: UploadOptions, event: Exclude<CoreEvent, { type: 'status' }>): void {
  try {
    if (event.type === 'stage') options.onStage?.(event.stage);
    else if (event.type === 'inspected') options.onInspected?.(event.media);
    else if (event.type === 'warnings') options.onWarnings?.(event.warnings);
    else if (event.type === 'restarted') options.onRestarted?.();
    else if (event.type === 'progress') options.onProgress?.(event.progress);
    else options.onRetry?.(event.retry);
  } catch (error) {
    report(error);
  }
}
