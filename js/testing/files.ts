// What the fake takes files for, and what providers say about them. It never reads a file: only names, types and sizes count.

import all from '../api/providers.js';
import type { Kind, Limits, Media, Provider, Verdict, Violation } from '../api/types.js';
import { toHex } from '../runtime/hex.js';
import { digest } from '../runtime/web-crypto.js';

/** Every provider, with its limits. */
export const PROVIDERS = all as Provider[];

/** What a file of each kind contains. All providers that accept the kind accept it. */
const USUAL: Record<Kind, Partial<Media>> = {
  image: { width: 1024, height: 768, animated: false },
  video: { width: 1280, height: 720, duration: 10, hasVideo: true, hasAudio: true },
  audio: { duration: 10, hasVideo: false, hasAudio: true },
};

/** The formats that any provider accepts. */
const FORMATS = PROVIDERS.flatMap(({ accepts }) => accepts).flatMap(({ formats, mimes, extensions }) =>
  formats.map((format, at) => ({ format, mime: mimes[at] as string, extension: extensions[at] as string })),
);

/** Derives what a file contains; `undefined` if its type is unknown. */
export function assumedMedia(file: Blob, given: Partial<Media> = {}): Media | undefined {
  const { name = '' } = file as Partial<File>;
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase().replace('jpeg', 'jpg');
  const type = given.mime ?? file.type.replace(/;.*/, '');
  const known = FORMATS.find(({ mime }) => mime === type) ?? FORMATS.find(({ extension }) => extension === ending);
  const mime = given.mime ?? known?.mime;
  if (mime === undefined) return undefined;
  const kind = given.kind ?? (mime.split('/')[0] as Kind);
  const content: Partial<Media> = { ...USUAL[kind], ...given };
  const { width, height } = content;
  return {
    name,
    declaredType: file.type,
    mismatch: false,
    bytes: file.size,
    mime,
    format: known?.format ?? mime,
    extension: known?.extension ?? '',
    kind,
    codecs: [],
    hasLocation: false,
    estimated: [],
    ...(width === undefined || height === undefined ? {} : { storedWidth: width, storedHeight: height }),
    ...content,
  };
}

/** The violation of an empty file. */
export const EMPTY: Violation = { rule: 'min_bytes', actual: 0, limit: 1 };

/** Whether a provider with these limits accepts a file. `media` is `undefined` if the format is unknown. */
export function verdictOn(accepts: readonly Limits[], file: Blob, media: Media | undefined): Omit<Verdict, 'provider'> {
  const limits = accepts.find(
    ({ formats, mimes }) => media && (formats.includes(media.format) || mimes.includes(media.mime)),
  );
  const violations: Violation[] = [];
  const warnings: Violation[] = [];
  if (file.size === 0) violations.push(EMPTY);
  else if (!media || !limits) violations.push(unsupported(accepts, media));
  else {
    violations.push(...compare(limits, media));
    const { recommendedMaxBytes: limit } = limits;
    if (limit !== undefined && media.bytes > limit)
      warnings.push({ rule: 'recommended_max_bytes', actual: media.bytes, limit });
  }
  if (media?.complete === false) violations.push({ rule: 'complete', actual: media.bytes, limit: null });
  return { accepted: violations.length === 0, violations, warnings };
}

/** The violation of a format that is not accepted. */
export function unsupported(accepts: readonly Limits[], media?: Media): Violation {
  return { rule: 'format', actual: media?.format ?? null, limit: accepts.flatMap(({ formats }) => formats) };
}

function compare(limits: Limits, { bytes, width = 0, height = 0, duration = 0, kind }: Media): Violation[] {
  const ratio = Math.max(width, height) / Math.min(width, height) || 1;
  const most = (rule: Violation['rule'], actual: number, limit = Number.POSITIVE_INFINITY) =>
    actual > limit ? [{ rule, actual, limit }] : [];
  const least = (rule: Violation['rule'], actual: number, limit = 0) =>
    actual < limit ? [{ rule, actual, limit }] : [];
  return [
    ...most('max_bytes', bytes, limits.maxBytes),
    ...(kind === 'audio'
      ? []
      : [
          ...least('min_width', width, limits.minWidth),
          ...least('min_height', height, limits.minHeight),
          ...most('max_aspect_ratio', ratio, limits.maxAspectRatio),
        ]),
    ...(kind === 'image'
      ? []
      : [
          ...least('min_duration', duration, limits.minDuration),
          ...most('max_duration', duration, limits.maxDuration),
        ]),
  ];
}

/** Whether an entry of `<input accept>` names the format. */
export function isAccepted({ mime, kind, extension }: Media, entry: string): boolean {
  return ['*', '*/*', mime, `${kind}/*`, `.${extension}`].includes(entry.toLowerCase());
}

/** The SHA-256 of a file. If it cannot be computed, as in jsdom, 64 digits that depend on the name, the type and the size. */
export async function checksum(file: Blob): Promise<string> {
  const bytes = await digest(file);
  if (bytes) return toHex(bytes);
  const text = [(file as Partial<File>).name, file.type, file.size].join();
  const mix = (seed: number) =>
    Array.from(text).reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), seed);
  return toHex(Uint8Array.from({ length: 32 }, (_, at) => mix(at)));
}
