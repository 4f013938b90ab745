// The English labels of <media-ferry>.

import type { Labels } from '../element/labels.js';
import { pluralIn } from './plural.js';

const plural = pluralIn('en');

export const labelsEn: Labels = {
  language: 'en',
  invitation: (isMultiple) => (isMultiple ? 'Choose files or drop them here' : 'Choose a file or drop it here'),
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  retry: 'Try again',
  remove: 'Remove',
  action: (verb, name) => `${verb} ${name}`,
  unnamed: 'Pasted file',
  stages: {
    inspect: 'Checking the file',
    hash: 'Computing the checksum',
    ticket: 'Requesting an upload URL',
    transfer: 'Uploading',
    submit: 'Waiting for confirmation',
    process: 'Waiting for processing',
  },
  statuses: { queued: 'Waiting', paused: 'Paused', succeeded: 'Uploaded', failed: 'Failed', aborted: 'Cancelled' },
  added: (name) => `${name} added`,
  sent: (part, whole) => `${part} of ${whole}`,
  left: (time) => `${time} left`,
  nextTry: (time) => `Retrying in ${time}.`,
  total: ({ files, succeeded }) => `${succeeded} of ${plural(files, { one: 'file', other: 'files' })} uploaded`,
  list: 'Files',
  more: (count) => `Show more (${plural(count, { one: 'file', other: 'files' })} not shown)`,
  progress: (name) => `Upload of ${name}`,
  totalProgress: 'All uploads',
  unreadable: 'Some dropped items could not be read.',
  moreRefused: (count) => `${plural(count, { one: 'more file was', other: 'more files were' })} not added.`,
  missing: 'Choose a file.',
  stillUploading: 'Wait until all uploads are complete.',
  failures: 'Try again or remove the files that failed.',
  unusable: 'Remove the files that cannot be uploaded.',
};
