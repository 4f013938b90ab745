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
  Input: new (options: object) => Input;
  Output: new (options: object) => object;
  BlobSource: new (blob: Blob) => object;
  BufferTarget: new () => { buffer: ArrayBuffer | null };
  EncodedPacketSink: new (track: Track) => PacketSink;
  Conversion: { init(options: object): Promise<RunningConversion> };
  getFirstEncodableAudioCodec(codecs: string[]): Promise<string | null>;
}

interface Input {
  getTracks(): Promise<Track[]>;
  dispose(): void;
}

interface Track extends SizedTrack {
  isVideoTrack(): boolean;
  getCodec(): Promise<string | null>;
  getFirstTimestamp(): Promise<number>;
}

interface SizedTrack {
  getCodedWidth(): Promise<number>;
  getCodedHeight(): Promise<number>;
  getDisplayWidth(): Promise<number>;
  getDisplayHeight(): Promise<number>;
}

interface PacketSink {
  getPacket(timestamp: number, options: object): Promise<Packet | null>;
  getFirstPacket(options: object): Promise<Packet | null>;
}

interface Packet {
  type: 'key' | 'delta';
}

interface RunningConversion {
  isValid: boolean;
  discardedTracks: { reason: string }[];
  onProgress?: (progress: number) => void;
  execute(): Promise<void>;
  cancel(): Promise<void>;
}

/** How to convert. */
export interface ConvertOptions {
  signal: AbortSignal;
  onProgress: (fraction: number) => void;
  /** Whether tracks may be encoded. If not, a track that cannot be copied is an error. */
  mayEncode: boolean;
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
/** A keyframe that starts this much late is still the first frame. */
const START_MARGIN_SECONDS = 0.001;

/** Two shapes that differ by less are the same: sides are whole numbers. */
const SHAPE_TOLERANCE = 0.03;

/** The codecs of mediabunny that MP4 may contain, but few players read there. These are preferred. */
const RARE_IN_MP4 = /^(pcm|ulaw|alaw|flac|vorbis)/;
const USUAL_IN_MP4 = ['aac', 'opus'];

/** Returns whether a conversion encodes the video in any case. */
export function isVideoEncoded({ mime, width, videoBitRate }: Conversion): boolean {
  return Boolean(width || videoBitRate) || mime === 'video/webm';
}

/** Converts a file, with all its video and audio tracks. The whole result is in memory. Rejects if a track would be lost. */
export async function convert(
  source: Blob,
  conversion: Conversion,
  load: () => Promise<unknown>,
  options: ConvertOptions,
): Promise<{ blob: Blob; isEncoded: boolean }> {
  const tools = (await load()) as VideoTools;
  const input = new tools.Input({ source: new tools.BlobSource(source), formats: tools.ALL_FORMATS });
  try {
    return await convertInput(tools, input, conversion, options);
  } finally {
    input.dispose();
  }
}

async function convertInput(
  tools: VideoTools,
  input: Input,
  conversion: Conversion,
  { signal, onProgress, mayEncode }: ConvertOptions,
): Promise<{ blob: Blob; isEncoded: boolean }> {
  const { mime, end, strips } = conversion;
  const Format = (tools as unknown as Record<string, new (options?: object) => object>)[FORMATS[mime] ?? ''];
  if (!Format) throw new TypeError(`videoTools has no format for ${mime}; pass mediabunny 1.40 or later`);
  const target = new tools.BufferTarget();
  const isFragmentable = /mp4|quicktime/.test(mime);
  const { isEncoded, ...tracks } = await optionsOfTracks(tools, input, conversion);
  const running = await tools.Conversion.init({
    input,
    output: new tools.Output({ format: new Format(isFragmentable ? { fastStart: 'in-memory' } : {}), target }),
    tracks: 'all',
    ...tracks,
    ...(end !== undefined && { trim: { start: 0, end: end - TRIM_MARGIN_SECONDS } }),
    // If a track is copied, it ends with the last frame within the limit.
    copy: { boundaryPolicy: 'shrink', ...(!mayEncode && { mode: 'forced' }) },
    ...(strips && { tags: {} }),
    showWarnings: false,
  });
  const lost = running.discardedTracks.find(({ reason }) => reason !== 'discarded_by_user');
  if (!running.isValid || lost)
    throw new DOMException(`a track cannot be converted: ${lost?.reason ?? 'no tracks'}`, 'NotSupportedError');
  running.onProgress = onProgress;
  await execute(running, signal);
  if (!target.buffer) throw new DOMException('the conversion has no result', 'OperationError');
  return { blob: new Blob([target.buffer], { type: mime }), isEncoded };
}

async function execute(running: RunningConversion, signal: AbortSignal): Promise<void> {
  // The signal's reason is what the caller reports.
  const cancel = () => void running.cancel().catch(() => {});
  signal.addEventListener('abort', cancel);
  try {
    if (signal.aborted) cancel();
    signal.throwIfAborted();
    await running.execute();
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Returns the options of the tracks, and whether a video is encoded because a copy would lose its start. */
async function optionsOfTracks(tools: VideoTools, input: Input, conversion: Conversion) {
  const { mime, end, videoBitRate, audioBitRate } = conversion;
  const all = await input.getTracks();
  const videos = all.filter((track) => track.isVideoTrack());
  // The bit rates are for all tracks together.
  const sounds = all.length - videos.length;
  const firsts = await Promise.all(all.map((track) => track.getFirstTimestamp()));
  const start = end === undefined ? Math.max(0, Math.min(...firsts)) : 0;
  const cut: Track[] = [];
  for (const track of videos) if (await startsInGroup(tools, track, start)) cut.push(track);
  const video = async (track: Track) => ({
    ...(await sizeOf(track, conversion)),
    ...(videoBitRate && { bitrate: Math.round(videoBitRate / videos.length) }),
    ...(cut.includes(track) && { forceTranscode: true }),
  });
  const audio = async (track: Track) => {
    const isRare = /mp4/.test(mime) && RARE_IN_MP4.test((await track.getCodec()) ?? '');
    const codec = isRare && (await tools.getFirstEncodableAudioCodec(USUAL_IN_MP4));
    if (isRare && !codec) throw new DOMException(`this browser cannot encode sound for ${mime}`, 'NotSupportedError');
    return {
      ...(audioBitRate && { bitrate: Math.round(audioBitRate / sounds) }),
      ...(codec && { codec }),
    };
  };
  return { video, audio, isEncoded: cut.length > 0 };
}

/** Returns the size of the result. It is planned in pixels as stored; if these are not square, the result keeps the shape. */
export async function sizeOf(track: SizedTrack, { width, height, fit = 'scale' }: Conversion) {
  if (!width || !height) return {};
  const shown = [await track.getDisplayWidth(), await track.getDisplayHeight()] as const;
  const [across, down] = [width / shown[0], height / shown[1]];
  if (fit !== 'scale' || Math.abs(across / down - 1) < SHAPE_TOLERANCE) return { width, height, fit: FITS[fit] };
  const isSmaller = width * height < (await track.getCodedWidth()) * (await track.getCodedHeight());
  const scale = (isSmaller ? Math.min : Math.max)(across, down);
  const even = (side: number) => 2 * (isSmaller ? Math.floor : Math.ceil)((side * scale) / 2);
  return { width: even(shown[0]), height: even(shown[1]), fit: FITS.scale };
}

/** Returns whether the first frame that is shown is no keyframe: an edit list starts within a group of pictures. */
async function startsInGroup(tools: VideoTools, track: Track, start: number): Promise<boolean> {
  const sink = new tools.EncodedPacketSink(track);
  const options = { verifyKeyPackets: true };
  const shown = (await sink.getPacket(start + START_MARGIN_SECONDS, options)) ?? (await sink.getFirstPacket(options));
  return shown?.type === 'delta';
}
