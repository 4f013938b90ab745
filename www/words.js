// What files, limits, stages and results are in plain words.

import { bytes, clock, part, span, tally } from './units.js';

const KINDS = { image: 'image', video: 'video', audio: 'sound' };
const PLURALS = { image: 'Images', video: 'Videos', audio: 'Sound' };
const FORMATS = {
  jpg: 'JPEG',
  webp: 'WebP',
  tif: 'TIFF',
  mov: 'QuickTime',
  webm: 'WebM',
  weba: 'WebM',
  mkv: 'Matroska',
  ogv: 'Ogg',
  ogg: 'Ogg',
};

/** "JPEG photo, 4032 × 3024, 3.1 MB". */
export function describe(media) {
  const { kind, format, animated, width, height, duration, estimated, codecs } = media;
  const name = format.replace(/ (video|audio)$/, '');
  const noun = kind === 'image' && format === 'JPEG' ? 'photo' : KINDS[kind];
  const facts = [`${animated ? 'Animated ' : ''}${name} ${noun}`];
  if (width && height) facts.push(`${width} × ${height}`);
  if (duration !== undefined && kind !== 'image')
    facts.push(`${estimated.includes('duration') ? 'about ' : ''}${clock(duration)}`);
  facts.push(bytes(media.bytes));
  const others = codecs.filter((codec) => codec !== format);
  if (others.length > 0 && kind !== 'image') facts.push([...new Set(others)].join(' + '));
  return facts.join(', ');
}

/** 'Named ".jpg", but it is a PNG'. */
export function mismatch({ name, declaredType, extension, format }) {
  const named = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
  const article = /^[AEFHILMNORSX0-9][A-Z0-9]*\b|^[AEIO]/.test(format) && !/^[0-9]/.test(format) ? 'an' : 'a';
  const byName = named && named !== extension;
  return `${byName ? `Named .${named}` : `Declared as ${declaredType}`}, but it is ${article} ${format}`;
}

/** What a provider takes: rows of a kind, its formats and their limits. */
export function takes({ accepts }) {
  return accepts.flatMap((limits) =>
    Object.keys(KINDS).flatMap((kind) => {
      const some = limits.extensions.filter((_, at) => kindOf(limits.mimes[at]) === kind);
      if (some.length === 0) return [];
      const formats = some.map((extension) => FORMATS[extension] ?? extension.toUpperCase());
      return [{ what: PLURALS[kind], formats: formats.join(', '), limits: bounds(limits) }];
    }),
  );
}

function kindOf(mime) {
  return mime.split('/')[0];
}

function bounds({ maxBytes, minWidth, minHeight, maxAspectRatio, minDuration, maxDuration }) {
  const all = [];
  if (maxBytes !== undefined) all.push(`up to ${bytes(maxBytes)}`);
  if (minWidth !== undefined || minHeight !== undefined)
    all.push(`at least ${minWidth ?? 1} × ${minHeight ?? 1} pixels`);
  if (maxAspectRatio !== undefined) all.push(`no longer than ${maxAspectRatio}:1`);
  if (minDuration !== undefined && maxDuration !== undefined) all.push(`${span(minDuration)} to ${span(maxDuration)}`);
  else if (maxDuration !== undefined) all.push(`at most ${span(maxDuration)}`);
  else if (minDuration !== undefined) all.push(`at least ${span(minDuration)}`);
  return all.join(' · ') || 'no limits given';
}

const STAGES = {
  inspect: () => 'Checking the file',
  hash: () => 'Computing its checksum',
  ticket: (provider) => `Asking ${provider} for a place to put it`,
  transfer: () => 'Sending',
  submit: (provider) => `Waiting for ${provider} to confirm`,
  process: (provider) => `Waiting for ${provider} to process it`,
};

/** A stage in words that also fit behind "while". */
export function stageWords(stage, provider) {
  return (STAGES[stage] ?? STAGES.inspect)(provider.name);
}

/** How a transfer goes: "3.1 of 48 MB · 8.1 MB/s · 4 s left". */
export function transferWords({ sentBytes, totalBytes, bytesPerSecond, secondsLeft }) {
  const facts = [part(sentBytes, totalBytes)];
  if (bytesPerSecond) facts.push(`${bytes(Math.round(bytesPerSecond))}/s`);
  if (secondsLeft !== undefined && sentBytes < totalBytes) facts.push(`${span(secondsLeft)} left`);
  return facts.join(' · ');
}

const RETRIES = {
  offline: 'The browser is offline',
  network_timeout: 'There was no answer in time',
  stalled: 'The transfer stopped moving',
  rate_limited: 'There were too many requests',
  unavailable: 'The other side cannot answer just now',
  ticket_expired: 'The upload address has expired',
};

/** Why something will be tried again: "The connection failed". */
export function retryWords(code) {
  return RETRIES[code] ?? 'The connection failed';
}

const STATES = { running: 'uploading', waiting: 'waiting', done: 'done', failed: 'failed', cancelled: 'cancelled' };

/** "1 uploading, 2 waiting, 3 done". */
export function summary(states) {
  const counts = tally(states);
  const known = Object.keys(STATES).filter((state) => counts.has(state));
  return known.map((state) => `${counts.get(state)} ${STATES[state]}`).join(', ');
}
