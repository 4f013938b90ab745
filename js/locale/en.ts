// Every sentence in English that a page may show.

import type { Locale } from '../api/message-types.js';
import { type Amount, format } from './format.js';

const { number, differing, size, sizes, list, duration, plural } = format('en');

const status = (code: number | undefined) => (code ? ` (HTTP ${code})` : '');
const details = (message: string | undefined) => (message ? `: ${message}` : '');
const most = (actual: Amount, limit: Amount) => `${differing(actual, limit)}; the maximum is ${number(limit)}.`;
const least = (actual: Amount, limit: Amount) => `${differing(actual, limit)}; the minimum is ${number(limit)}.`;
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
    unavailable: (facts) => `The server is temporarily unavailable${status(facts.status)}.`,
    too_large: 'The server rejected the file because of its size.',
    ticket_expired: (facts) => `The upload URL has expired${status(facts.status)}.`,
    refused: (facts) => `The server rejected the request${status(facts.status)}${details(facts.providerMessage)}.`,
    malformed_response: (facts) => `The server sent an unexpected response (${facts.field}).`,
    integrity: (facts) =>
      `The provider's copy differs from the file: ${facts.field} is ${facts.actual}, expected ${facts.expected}.`,
    quota: (facts) => `The account is full: it can hold ${plural(facts.limit, { one: 'asset', other: 'assets' })}.`,
    processing_failed: (facts) => `The provider could not process the file${details(facts.providerMessage)}.`,
    interrupted: 'The browser stopped the upload.',
    timed_out: (facts) => `The provider was still processing after ${duration(facts.afterMillis ?? 0)}.`,
  },
  rules: {
    format: ({ actual, limit }) => {
      if (!limit)
        return actual === null ? 'This file type is not supported.' : `The file is ${actual}, which is not supported.`;
      return `The file is ${actual ?? 'of an unknown type'}. Supported: ${list(limit)}.`;
    },
    min_bytes: ({ actual, limit }) =>
      actual === 0
        ? 'The file is empty.'
        : `The file is ${sizes(actual, limit)[0]}; the minimum is ${sizes(actual, limit)[1]}.`,
    max_bytes: ({ actual, limit }) =>
      `The file is ${sizes(actual, limit)[0]}; the maximum is ${sizes(actual, limit)[1]}.`,
    min_width: ({ actual, limit }) => `The width in pixels is ${least(actual, limit)}`,
    min_height: ({ actual, limit }) => `The height in pixels is ${least(actual, limit)}`,
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
    max_images: ({ actual, limit }) => `The number of images is ${most(actual, limit)}`,
    max_videos: ({ actual, limit }) => `The number of videos is ${most(actual, limit)}`,
    max_audio: ({ actual, limit }) => `The number of audio files is ${most(actual, limit)}`,
    content_type: ({ actual, limit }) => `The provider reports ${actual}; the content is ${list(limit)}.`,
    page_size: ({ actual, limit }) => `The page size is ${number(actual)}; it must be between 1 and ${number(limit)}.`,
    maxFileSize: ({ actual, limit }) =>
      `The file is ${sizes(actual, limit)[0]}; the maximum is ${sizes(actual, limit)[1]}.`,
    minFileSize: ({ actual, limit }) =>
      actual === 0
        ? 'The file is empty.'
        : `The file is ${sizes(actual, limit)[0]}; the minimum is ${sizes(actual, limit)[1]}.`,
    maxTotalFileSize: ({ actual, limit }) =>
      `All files together are ${sizes(actual, limit)[0]}; the maximum is ${sizes(actual, limit)[1]}.`,
    maxNumberOfFiles: ({ limit }) => `You can add up to ${plural(limit, { one: 'file', other: 'files' })}.`,
    minNumberOfFiles: ({ limit }) => `Select at least ${plural(limit, { one: 'file', other: 'files' })}.`,
    allowedFileTypes: ({ actual, limit }) =>
      `The file is ${actual ?? 'of an unknown type'}. Supported: ${list(limit)}.`,
  },
  outcomeUnknown: 'The upload may have succeeded, so it was not repeated.',
} satisfies Locale;
