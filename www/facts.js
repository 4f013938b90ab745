// What a file is, as a person would say it.

import { bytes, clock } from './units.js';

const NOUNS = { image: 'image', video: 'video', audio: 'audio' };

/** "MP4 video, 1920 × 1080, rotated, 0:12, H.264 + AAC, 3.1 MB". */
export function describe(media) {
  const { kind, format, animated, width, height, duration, estimated } = media;
  const noun = kind === 'image' && format === 'JPEG' ? 'photo' : NOUNS[kind];
  const facts = [`${animated ? 'animated ' : ''}${plainName(format)} ${noun}`];
  if (width && height) facts.push(`${width} × ${height}`, ...turned(media));
  if (duration !== undefined && kind !== 'image')
    facts.push(`${estimated.includes('duration') ? 'about ' : ''}${clock(duration)}`);
  const codecs = kind === 'image' ? [] : [...new Set(media.codecs)].filter((codec) => codec !== format);
  if (codecs.length > 0) facts.push(codecs.join(' + '));
  if (kind === 'video' && media.hasAudio === false) facts.push('no audio');
  const words = [...facts, bytes(media.bytes)].join(', ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** 'Named .jpg, but it is a PNG'. */
export function mismatch({ name, declaredType, extension, format }) {
  const named = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
  const article = /^[AEFHILMNORSX0-9][A-Z0-9]*\b|^[AEIO]/.test(format) && !/^[0-9]/.test(format) ? 'an' : 'a';
  const byName = named && named !== extension;
  return `${byName ? `Named .${named}` : `Declared as ${declaredType}`}, but it is ${article} ${format}`;
}

/** A format's name where its kind is said anyway: "WebM" of "WebM audio". */
export function plainName(format) {
  return format.replace(/ (video|audio)$/, '');
}

function turned({ orientation = 1, width, height, storedWidth = width, storedHeight = height }) {
  if (orientation === 2 || orientation === 4) return ['mirrored'];
  const isSwapped = width !== height && width === storedHeight && height === storedWidth;
  return orientation > 1 || isSwapped ? ['rotated'] : [];
}
