// The result of a fix: whether it lost something unplanned, and the steps that led to it.

import { isFile } from '../api/realm.js';
import type { FixStep, Media } from '../api/types.js';
import type { Drawing, Drawn } from './draw.js';

/** A result; for a drawing, also its actual and its planned properties. */
export type Done = { blob: Blob } & Partial<Drawn> & {
    planned?: Drawing;
    /** Whether a conversion encoded what the plan would have copied. */
    isEncoded?: boolean;
  };

/** A result may be shorter or longer than planned by the larger of these: seconds, and a part of the duration. */
const TOLERANCE_SECONDS = 0.3;
const TOLERANCE = 0.02;
/**
 * The seconds where a duration is not exact: a copy that is trimmed ends with a whole frame, and without those that only a
 * later frame completes; the duration of fragments is estimated.
 */
const ROUGH_TOLERANCE_SECONDS = 0.6;

/** Returns what a conversion lost, as a sentence; `undefined` if nothing. */
export function lossOf(before: Media, after: Media, steps: FixStep[]): string | undefined {
  if (before.hasVideo && after.hasVideo === false) return 'the video is missing';
  if (before.hasAudio && after.hasAudio === false) return 'the sound is missing';
  const planned = steps.at(-1)?.to.duration ?? before.duration;
  const actual = after.duration;
  const isEstimated = before.estimated.includes('duration');
  // That of a sound without an index is only a guess.
  if (planned === undefined || actual === undefined || (isEstimated && before.kind === 'audio')) return undefined;
  const isRough = isEstimated || steps.some(({ kind }) => kind === 'trim');
  const seconds = isRough ? ROUGH_TOLERANCE_SECONDS : TOLERANCE_SECONDS;
  if (Math.abs(actual - planned) <= Math.max(seconds, TOLERANCE * planned)) return undefined;
  return `the result takes ${actual.toFixed(1)} s instead of ${planned.toFixed(1)} s`;
}

/** Returns the steps with their actual results. What was reduced or encoded further than planned is a step, too. */
export function reported(steps: FixStep[], done: Done, media: Media): FixStep[] {
  const all = steps.map((step) => ({ ...step }));
  const add = (kind: FixStep['kind'], reason: FixStep['reason'], loss: 'pixels' | 'quality', to: object = {}) => {
    const last = all.at(-1) as FixStep;
    if (all.some((step) => step.kind === kind)) return;
    all.push({ kind, reason, from: last.to, to: { ...last.to, ...to }, lossless: false, loses: [loss] });
  };
  const { planned, width = 0, height = 0, quality } = done;
  if (planned) {
    if (width * height < planned.width * planned.height) add('downscale', 'max_bytes', 'pixels', { width, height });
    if (quality !== undefined && quality < planned.quality) add('compress', 'max_bytes', 'quality');
  }
  if (done.isEncoded) add('transcode', (all.at(-1) as FixStep).reason, 'quality');
  for (const step of all) delete step.estimatedBytes;
  const last = all.at(-1);
  const { bytes, duration } = media;
  if (last) {
    last.to = { ...last.to, bytes, ...(duration !== undefined && { duration }) };
    if (media.width && media.height) last.to = { ...last.to, width: media.width, height: media.height };
  }
  return all;
}

/** Returns a Blob as a file. */
export function asFile(blob: Blob, name: string, lastModified?: number): File {
  if (isFile(blob)) return blob;
  return new File([blob], name || 'file', { type: blob.type, ...(lastModified !== undefined && { lastModified }) });
}

/** Returns the result as a file whose extension and type are those of its content. */
export function renamed(file: File, name: string, { extension, mime }: Media): File {
  const stem = name.replace(/\.[a-z\d]{1,5}$/i, '') || 'file';
  return new File([file], `${stem}.${extension}`, { type: mime, lastModified: file.lastModified });
}
