// The English messages of errors, limits and retries.

import type { Locale, MessageContext } from '../api/message-types.js';
import type { Violation } from '../api/violation.js';
import { type Amount, format, formatsIn } from './format.js';

const { number, differing, size, sizes, list, duration, plural } = format('en');

const count = (value: Amount, noun: string) => plural(value, { one: noun, other: `${noun}s` });
const status = (code: number | undefined) => (code ? ` (HTTP ${code})` : '');
/** The sentence goes on after what the provider says. */
const details = (message: string | undefined) => (message ? `: ${message.replace(/\.$/, '')}` : '');
/** The sentences about violations say more. */
const unlessViolated =
  (sentence: string) =>
  ({ violations }: Pick<MessageContext, 'violations'>) =>
    violations?.length ? '' : sentence;

/** "The file is 62 MB; the maximum is 50 MB." */
const exceeds = (subject: string, [actual, limit]: string[], bound: string) =>
  `${subject} ${actual}; the ${bound} is ${limit}.`;
const tooLarge = (violation: Violation) => exceeds('The file is', sizes(violation), 'maximum');
const tooSmall = (violation: Violation) =>
  violation.actual === 0 ? 'The file is empty.' : exceeds('The file is', sizes(violation), 'minimum');
const tooMany =
  (noun: string) =>
  ({ actual, limit }: Violation) =>
    exceeds('There are', [count(actual, noun), number(limit)], 'maximum');
const side =
  (name: string) =>
  ({ actual, limit }: Violation) =>
    exceeds(`The ${name} is`, [count(actual, 'pixel'), count(limit, 'pixel')], 'minimum');
const seconds = (bound: string) => (violation: Violation) =>
  exceeds(
    'The duration is',
    differing(violation, (value, digits) => `${number(value, digits)} s`),
    bound,
  );
const unsupported = ({ actual, limit }: Violation) =>
  actual === null && !limit
    ? 'This file type is not supported.'
    : `The file is ${actual ?? 'of an unknown type'}${limit ? `. Supported: ${list(limit)}` : ', which is not supported'}.`;

export const en = {
  errors: {
    rejected: unlessViolated('The provider does not accept this file.'),
    unrecognised_file: unlessViolated('This file type is not supported.'),
    unreadable_file: 'The file could not be read, or it changed while it was read.',
    different_file: 'This is not the file whose upload is resumed.',
    network: 'The connection failed.',
    network_timeout: 'The server did not respond in time.',
    stalled: 'The upload stalled.',
    offline: 'The browser is offline.',
    unauthenticated: 'The server rejected the API key or the token.',
    rate_limited: 'The server received too many requests.',
    unavailable: (context) => `The server is temporarily unavailable${status(context.status)}.`,
    too_large: 'The server rejected the file because of its size.',
    ticket_expired: (context) => `The upload URL has expired${status(context.status)}.`,
    refused: (context) =>
      `The server rejected the request${status(context.status)}${details(context.providerMessage)}.`,
    malformed_response: (context) => `The server sent an unexpected response (${context.field}).`,
    integrity: (context) =>
      `The provider's copy differs from the file: ${context.field} is ${context.actual}, expected ${context.expected}.`,
    quota: (context) => `The account is full: it can hold ${count(context.limit, 'asset')}.`,
    processing_failed: (context) => `The provider could not process the file${details(context.providerMessage)}.`,
    interrupted: 'The browser stopped the upload.',
    timed_out: (context) => `The provider was still processing after ${duration(context.afterMillis ?? 0)}.`,
  },
  rules: {
    format: unsupported,
    min_bytes: tooSmall,
    max_bytes: tooLarge,
    min_width: side('width'),
    min_height: side('height'),
    max_aspect_ratio: (violation) =>
      exceeds(
        'The aspect ratio is',
        differing(violation, (value, digits) => `${number(value, digits)}:1`),
        'maximum',
      ),
    min_duration: seconds('minimum'),
    max_duration: seconds('maximum'),
    complete: 'The file is incomplete: it ends before its content does.',
    known_size: 'The width and height could not be read.',
    known_duration: 'The duration could not be read, so its limit was not checked.',
    recommended_max_bytes: ({ limit }) => `The provider recommends a URL for files above ${size(limit)}.`,
    source: ({ actual, limit }) =>
      actual === 'URL'
        ? 'This provider does not fetch URLs. If the URL is public, use it directly in the generation request.'
        : `A ${actual} is not accepted here. Accepted: ${list(limit)}.`,
    scheme: 'Only complete http: and https: URLs without a user name are accepted.',
    known_kind: ({ limit }) => `The URL does not show the kind of media. Set it to one of: ${list(limit)}.`,
    max_images: tooMany('image'),
    max_videos: tooMany('video'),
    max_audio: tooMany('audio file'),
    content_type: ({ actual, limit }) => `The provider reports ${actual}; the content is ${list(limit)}.`,
    location: 'The file states where it was recorded.',
    metadata: 'The metadata of the file cannot be removed.',
    page_size: ({ actual, limit }) => `The page size is ${number(actual)}; it must be between 1 and ${number(limit)}.`,
    maxFileSize: tooLarge,
    minFileSize: tooSmall,
    maxTotalFileSize: (violation) => exceeds('All files together are', sizes(violation), 'maximum'),
    maxNumberOfFiles: ({ limit }) => `You can add up to ${count(limit, 'file')}.`,
    minNumberOfFiles: ({ limit }) => `Select at least ${count(limit, 'file')}.`,
    allowedFileTypes: (violation) => unsupported({ ...violation, limit: formatsIn(violation.limit) }),
  },
  outcomeUnknown: 'The upload may have succeeded, so it was not repeated.',
} satisfies Locale;
