// What a file contains, as text.

import type { Media } from '../../api/types.js';
import { createElement } from '../create-element.js';
import type { DetailLabels } from '../labels.js';

/**
 * "MP4 · 1080 × 1920 · rotated · 0:12 · H.264 + AAC". Each fact is in a `bdi`, because after a word from right to left, width and
 * height would change places.
 */
export function describe(media: Media, details: DetailLabels, language: string): (string | Node)[] {
  const { kind, format, animated, width, height, duration, estimated } = media;
  // The dimensions show whether the file is "WebM video" or "WebM audio".
  const facts = [format.replace(/ (video|audio)$/, '')];
  if (animated) facts.push(details.animated);
  if (width && height) facts.push(`${width} × ${height}`, ...turned(media, details));
  if (duration !== undefined && kind !== 'image') {
    const time = clock(duration, language);
    facts.push(estimated.includes('duration') ? details.about(time) : time);
  }
  const codecs = kind === 'image' ? [] : [...new Set(media.codecs)].filter((codec) => codec !== format);
  if (codecs.length > 0) facts.push(codecs.join(' + '));
  if (kind === 'video' && media.hasAudio === false) facts.push(details.silent);
  return facts.flatMap((fact, at) => [at > 0 ? ' · ' : '', createElement('bdi', {}, fact)]);
}

/** "Named .jpg, but the content is PNG." */
export function mismatchOf({ name, declaredType, extension, format }: Media, { mismatch }: DetailLabels): string {
  const named = /\.[^.]+$/.exec(name)?.[0].toLowerCase();
  return mismatch(named && named !== `.${extension}` ? named : declaredType, format);
}

function turned(media: Media, { mirrored, rotated }: DetailLabels): string[] {
  const { orientation = 1, width, height, storedWidth = width, storedHeight = height } = media;
  if (orientation === 2 || orientation === 4) return [mirrored];
  const isSwapped = width !== height && width === storedHeight && height === storedWidth;
  return orientation > 1 || isSwapped ? [rotated] : [];
}

/** "0:12", "1:02:05"; "0.26 sec" if it is shorter than a second. */
function clock(seconds: number, language: string): string {
  if (seconds < 1) {
    const unit: Intl.NumberFormatOptions = { style: 'unit', unit: 'second', maximumFractionDigits: 2 };
    return new Intl.NumberFormat(language, unit).format(seconds).replaceAll(' ', '\u00a0');
  }
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const digits = (value: number, minimumIntegerDigits: number) =>
    new Intl.NumberFormat(language, { minimumIntegerDigits }).format(value);
  const start = hours > 0 ? `${digits(hours, 1)}:${digits(minutes, 2)}` : digits(minutes, 1);
  return `${start}:${digits(whole % 60, 2)}`;
}
