// The English messages of errors, limits and retries.

import type { Locale } from '../api/message-types.js';
import { type Amount, format } from './format.js';

const { number, differing, size, sizes, list, duration, plural } = format('en');

const status = (code: number | undefined) => (code ? ` (HTTP ${code})` : '');
const details = (message: string | undefined) => (message ? `: ${message}` : '');
const pixels = (count: Amount) => plural(count, { one: 'pixel', other: 'pixels' });
const files = (count: Amount) => plural(count, { one: 'file', other: 'files' });
const most = (counted: string, limit: Amount) => `There are ${counted}; the maximum is ${number(limit)}.`;
const tooLarge = (actual: Amount, limit: Amount) => {
  const [size, maximum] = sizes(actual, limit);
  return `${size}; the maximum is ${maximum}.`;
};
const tooSmall = (actual: Amount, limit: Amount) => {
  const [size, minimum] = sizes(actual, limit);
  return actual === 0 ? 'The file is empty.' : `The file is ${size}; the minimum is ${minimum}.`;
};
const seconds = (actual: Amount, limit: Amount, bound: string) =>
  `The duration is ${differing(actual, limit)} s; the ${bound} is ${number(limit)} s.`;

export const en = {
  errors: {
    rejected: 'The provider does not accept this file.',
    unrecognised_file: 'This file type is not supported.',
    unreadable_file: 'The file could not be read, or it changed while it was read.',
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
    quota: (context) => `The account is full: it can hold ${plural(context.limit, { one: 'asset', other: 'assets' })}.`,
    processing_failed: (context) => `The provider could not process the file${details(context.providerMessage)}.`,
    interrupted: 'The browser stopped the upload.',
    timed_out: (context) => `The provider was still processing after ${duration(context.afterMillis ?? 0)}.`,
  },
  rules: {
    format: ({ actual, limit }) => {
      if (!limit)
        return actual === null ? 'This file type is not supported.' : `The file is ${actual}, which is not supported.`;
      return `The file is ${actual ?? 'of an unknown type'}. Supported: ${list(limit)}.`;
    },
    min_bytes: ({ actual, limit }) => tooSmall(actual, limit),
    max_bytes: ({ actual, limit }) => `The file is ${tooLarge(actual, limit)}`,
    min_width: ({ actual, limit }) => `The width is ${pixels(actual)}; the minimum is ${pixels(limit)}.`,
    min_height: ({ actual, limit }) => `The height is ${pixels(actual)}; the minimum is ${pixels(limit)}.`,
    max_aspect_ratio: ({ actual, limit }) =>
      `The aspect ratio is ${differing(actual, limit)}:1; the maximum is ${number(limit)}:1.`,
    min_duration: ({ actual, limit }) => seconds(actual, limit, 'minimum'),
    max_duration: ({ actual, limit }) => seconds(actual, limit, 'maximum'),
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
    max_images: ({ actual, limit }) => most(plural(actual, { one: 'image', other: 'images' }), limit),
    max_videos: ({ actual, limit }) => most(plural(actual, { one: 'video', other: 'videos' }), limit),
    max_audio: ({ actual, limit }) => most(plural(actual, { one: 'audio file', other: 'audio files' }), limit),
    content_type: ({ actual, limit }) => `The provider reports ${actual}; the content is ${list(limit)}.`,
    page_size: ({ actual, limit }) => `The page size is ${number(actual)}; it must be between 1 and ${number(limit)}.`,
    maxFileSize: ({ actual, limit }) => `The file is ${tooLarge(actual, limit)}`,
    minFileSize: ({ actual, limit }) => tooSmall(actual, limit),
    maxTotalFileSize: ({ actual, limit }) => `All files together are ${tooLarge(actual, limit)}`,
    maxNumberOfFiles: ({ limit }) => `You can add up to ${files(limit)}.`,
    minNumberOfFiles: ({ limit }) => `Select at least ${files(limit)}.`,
    allowedFileTypes: ({ actual, limit }) =>
      `The file is ${actual ?? 'of an unknown type'}. Supported: ${list(limit)}.`,
  },
  outcomeUnknown: 'The upload may have succeeded, so it was not repeated.',
} satisfies Locale;
