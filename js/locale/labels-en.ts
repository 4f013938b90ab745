// The English labels of <media-ferry>. Those of its optional parts and of fixes are apart, because they are loaded on demand.

import type { DetailLabels, FixLabels, Labels } from '../element/labels.js';
import { pluralIn } from './plural.js';

const plural = pluralIn('en');
const files = (count: number) => plural(count, { one: 'file', other: 'files' });
const were = (count: number) => plural(count, { one: 'file was', other: 'files were' });

export const labelsEn: Omit<Labels, 'details' | 'fix'> = {
  language: 'en',
  invitation: (isMultiple) => (isMultiple ? 'Drop files here' : 'Drop a file here'),
  browse: (isMultiple) => (isMultiple ? 'Choose files' : 'Choose a file'),
  add: 'Add more',
  replace: 'Replace',
  count: (count, limit) => `${count} of ${limit}`,
  full: (limit) => `Limit of ${files(limit)} reached`,
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  retry: 'Try again',
  remove: 'Remove',
  dismiss: 'Dismiss',
  action: (verb, name) => `${verb} ${name}`,
  unnamed: 'Pasted file',
  stages: {
    fix: 'Fixing the file',
    inspect: 'Checking the file',
    hash: 'Computing the checksum',
    ticket: 'Requesting an upload URL',
    transfer: 'Uploading',
    submit: 'Waiting for confirmation',
    process: 'Waiting for processing',
  },
  statuses: {
    queued: 'Waiting',
    paused: 'Paused',
    succeeded: 'Uploaded',
    failed: 'Failed',
    rejected: 'Not accepted',
    aborted: 'Cancelled',
  },
  added: (name) => `${name} added`,
  sent: (part, whole) => `${part} of ${whole}`,
  left: (time) => `${time} left`,
  nextTry: (time) => `Retrying in ${time}.`,
  mayDuplicate: 'Trying again may create a second asset.',
  total: ({ files: all, succeeded, failed }) =>
    `${succeeded} of ${all} uploaded${failed > 0 ? `, ${failed} failed` : ''}`,
  list: 'Files',
  more: (count) => `Show more (${files(count)} not shown)`,
  progress: (name) => `Upload of ${name}`,
  totalProgress: 'All uploads',
  unreadable: 'Some dropped items could not be read.',
  refused: (count) => `${were(count)} not added.`,
  moreRefused: (count) => `${plural(count, { one: 'more file was', other: 'more files were' })} not added.`,
  missing: 'Choose a file.',
  stillUploading: 'Wait until all uploads are complete.',
  failures: 'Try again or remove the files that failed.',
  unusable: 'Remove the files that cannot be uploaded.',
};

export const detailsEn: DetailLabels = {
  animated: 'animated',
  rotated: 'rotated',
  mirrored: 'mirrored',
  silent: 'no sound',
  about: (duration) => `about ${duration}`,
  url: 'URL, fetched by the provider',
  mismatch: (declared, format) => `Named ${declared}, but the content is ${format}.`,
  reference: 'Reference',
  fragment: 'Request fragment',
  checksum: 'SHA-256',
  expires: (date) => `Expires ${date}`,
  copy: (what, name) => `Copy ${what} of ${name}`,
  copied: 'Copied',
  selected: 'Selected. Press Ctrl+C to copy.',
  open: (name) => `Open ${name} in a new tab`,
  question: 'Which providers accept this file?',
  accepts: (provider) => `${provider} accepts it`,
  refuses: (provider) => `${provider} does not:`,
  acceptedBy: 'Accepted by',
  acceptedByNone: 'No provider accepts this file.',
  send: (name, provider) => `Send ${name} to ${provider}`,
};

export const fixEn: FixLabels = {
  ask: (steps) => `${steps}?`,
  convert: (format) => `convert to ${format}`,
  downscale: (size) => `shrink to ${size}`,
  upscale: (size) => `enlarge to ${size}`,
  compress: (size) => `compress to ${size}`,
  pad: 'add borders',
  crop: 'crop the edges',
  trim: (duration) => `cut to ${duration}`,
  transcode: (format) => `re-encode as ${format}`,
  remux: (format) => `repackage as ${format}`,
  faststart: 'speed up the start of playback',
  metadata: 'remove metadata',
  location: 'remove the location',
  firstFrame: 'Only the first frame remains.',
  accept: 'Fix and upload',
  decline: "Don't upload",
};
