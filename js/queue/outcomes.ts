// What the uploads of a queue have ended with.

import type { UploadError } from '../api/errors.js';
import type { QueueResult } from '../api/types.js';
import type { UploadTaskImpl } from '../upload/upload-task.js';

/** Whether the provider may have created an asset for an upload that failed. */
export const isUnknown = ({ outcome }: UploadTaskImpl) => (Object(outcome) as Partial<UploadError>).outcomeUnknown;

/** The result of uploads that are over. */
export function resultOf(tasks: Iterable<UploadTaskImpl>): QueueResult {
  const result: QueueResult = { successful: [], failed: [] };
  for (const { status, outcome } of tasks) {
    const list: unknown[] = status === 'succeeded' ? result.successful : result.failed;
    list.push(outcome);
  }
  return result;
}
