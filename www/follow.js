// What happens in an upload, shown on its card.

import { UploadError } from '/mediaferry/index.js';

const STATES = { queued: 'waiting', uploading: 'running', paused: 'paused' };

const SHOW = {
  status: (card, { status }) => card.show(STATES[status]),
  stage: (card, { stage }) => card.stage(stage),
  inspected: (card, { media }) => card.inspected(media),
  warnings: (card, { warnings }) => card.advised(warnings),
  progress: (card, { progress }) => card.progress(progress),
  retry: (card, { retry }) => card.retrying(retry),
  success: (card, { asset }) => card.done(asset),
};

/** Follows the task to its end; never rejects. */
export async function follow(card, task) {
  try {
    for await (const event of task) SHOW[event.type](card, event);
  } catch (error) {
    if (task.status === 'aborted') return card.show('cancelled');
    if (!(error instanceof UploadError)) console.error(error);
    card.failed(error);
  }
}
