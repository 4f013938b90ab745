// Converts video and audio with mediabunny, which the page provides.

/** A `Conversion` of src/fix/plan. */
export interface Conversion {
  mime: string;
  end?: number;
  width?: number;
  height?: number;
  fit?: 'scale' | 'pad' | 'crop';
  videoBitRate?: number;
  audioBitRate?: number;
  strips: boolean;
}

/** The part of mediabunny that is used. https://mediabunny.dev/guide/converting-media-files */
interface VideoTools {
  ALL_FORMATS: unknown;
  Input: new (options: object) => object;
  Output: new (options: object) => object;
  BlobSource: new (blob: Blob) => object;
  BufferTarget: new () => { buffer: ArrayBuffer | null };
  Conversion: { init(options: object): Promise<RunningConversion> };
}

interface RunningConversion {
  isValid: boolean;
  discardedTracks: { reason: string }[];
  onProgress?: (progress: number) => void;
  execute(): Promise<void>;
  cancel(): Promise<void>;
}

/** The output class of mediabunny for each MIME type. */
const FORMATS: Record<string, string> = {
  'video/mp4': 'Mp4OutputFormat',
  'audio/mp4': 'Mp4OutputFormat',
  'video/quicktime': 'MovOutputFormat',
  'video/webm': 'WebMOutputFormat',
  'video/x-matroska': 'MkvOutputFormat',
  'audio/ogg': 'OggOutputFormat',
  'audio/mpeg': 'Mp3OutputFormat',
  'audio/wav': 'WavOutputFormat',
  'audio/flac': 'FlacOutputFormat',
  'audio/aac': 'AdtsOutputFormat',
};

const FITS = { scale: 'fill', pad: 'contain', crop: 'cover' };

/** Trimming ends this much before the limit, because the last frame may extend beyond the end. */
const TRIM_MARGIN_SECONDS = 0.05;

/** Converts a file. The whole result is in memory. Rejects if a track would be lost. */
export async function convert(
  source: Blob,
  conversion: Conversion,
  load: () => Promise<unknown>,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (fraction: number) => void },
): Promise<Blob> {
  const tools = (await load()) as VideoTools;
  const Format = (tools as unknown as Record<string, new (options?: object) => object>)[FORMATS[conversion.mime] ?? ''];
  if (!Format) throw new TypeError(`videoTools has no format for ${conversion.mime}; pass mediabunny 1.0 or later`);
  const { end, width, height, fit = 'scale', videoBitRate, audioBitRate, strips } = conversion;
  const target = new tools.BufferTarget();
  const isFragmentable = /mp4|quicktime/.test(conversion.mime);
  const running = await tools.Conversion.init({
    input: new tools.Input({ source: new tools.BlobSource(source), formats: tools.ALL_FORMATS }),
    output: new tools.Output({ format: new Format(isFragmentable ? { fastStart: 'in-memory' } : {}), target }),
    tracks: 'primary',
    video: {
      ...(width && height && { width, height, fit: FITS[fit] }),
      ...(videoBitRate && { bitrate: videoBitRate }),
    },
    audio: audioBitRate ? { bitrate: audioBitRate } : {},
    ...(end !== undefined && { trim: { start: 0, end: end - TRIM_MARGIN_SECONDS } }),
    // If a track is copied, it ends with the last frame within the limit.
    copy: { boundaryPolicy: 'shrink' },
    ...(strips && { tags: {} }),
    showWarnings: false,
  });
  const lost = running.discardedTracks.find(({ reason }) => reason !== 'discarded_by_user');
  if (!running.isValid || lost)
    throw new DOMException(`a track cannot be converted: ${lost?.reason ?? 'no tracks'}`, 'NotSupportedError');
  running.onProgress = onProgress;
  const cancel = () => void running.cancel();
  signal.addEventListener('abort', cancel);
  try {
    signal.throwIfAborted();
    await running.execute();
  } finally {
    signal.removeEventListener('abort', cancel);
  }
  if (!target.buffer) throw new DOMException('the conversion has no result', 'OperationError');
  return new Blob([target.buffer], { type: conversion.mime });
}
