// Detects what this browser can decode and encode, and the maximum size of a canvas.

import type { Media } from '../api/media.js';
import type { FixSettings } from '../api/types.js';

/** The `Engine` of src/fix/plan. The formats are display names. */
export interface Engine {
  decodes: string[];
  encodes: string[];
  maxSide: number;
  maxPixels: number;
  videoTools: boolean;
  encodesVideo: boolean;
}

/** The images that every browser decodes. */
const ALWAYS = ['PNG', 'JPEG', 'GIF', 'WebP', 'BMP'];

/** Safari on iOS allows fewer pixels than on the desktop, and also limits the sum of all canvases of a page. */
const IOS = { maxSide: 4096, maxPixels: 4096 * 4096 };
/** <https://jhildenbiddle.github.io/canvas-size>: the side and the area of the largest square. */
const FIREFOX = { maxSide: 32_767, maxPixels: 11_180 * 11_180 };
const OTHERS = { maxSide: 16_384, maxPixels: 16_384 * 16_384 };

/**
 * Describes the browser for a file. `file` is decoded only in browsers that cannot report whether they support a type. If the page
 * has `videoTools`, the browser is assumed to encode video until `isEncodable()` is asked, which is only if a plan relies on it.
 */
export async function engineFor(file: Blob, media: Media, settings: FixSettings): Promise<Engine> {
  const { format } = media;
  const { decodeHeic, decodeTiff, videoTools } = settings;
  const decodes = [...ALWAYS];
  if (decodeHeic) decodes.push('HEIC', 'HEIF');
  if (decodeTiff) decodes.push('TIFF');
  if (media.kind === 'image' && !ALWAYS.includes(format) && (await isDecodable(file, media.mime))) decodes.push(format);
  const encodes = ['JPEG', 'PNG'];
  if (await encodesWebp()) encodes.push('WebP');
  const hasTools = videoTools !== undefined && media.kind !== 'image';
  return { decodes, encodes, ...largestCanvas(), videoTools: hasTools, encodesVideo: hasTools };
}

/** Returns whether the browser can decode an image. */
export async function isDecodable(file: Blob, mime: string): Promise<boolean> {
  const decoder = (globalThis as { ImageDecoder?: { isTypeSupported(type: string): Promise<boolean> } }).ImageDecoder;
  if (decoder) return await decoder.isTypeSupported(mime);
  try {
    (await createImageBitmap(file)).close();
    return true;
  } catch {
    return false;
  }
}

/** Returns whether the browser encodes H.264 (for video) or Opus (for audio). */
export async function isEncodable(kind: Media['kind']): Promise<boolean> {
  const { userAgent = '' } = globalThis.navigator ?? {};
  // WebKitGTK 2.50 crashes the page on this question about video.
  if (kind === 'video' && /Linux.* AppleWebKit(?!.*Chrom)/.test(userAgent)) return false;
  try {
    const { supported } =
      kind === 'video'
        ? await VideoEncoder.isConfigSupported({ codec: 'avc1.42001f', width: 640, height: 480 })
        : await AudioEncoder.isConfigSupported({ codec: 'opus', sampleRate: 48_000, numberOfChannels: 2 });
    return supported === true;
  } catch {
    return false;
  }
}

/** Codecs that not every browser decodes, as `VideoDecoder` names them. */
const DECODERS: Record<string, string> = { 'H.264': 'avc1.42001f', 'H.265': 'hvc1.1.6.L93.B0', AV1: 'av01.0.04M.08' };

/** Returns whether the browser decodes the video of a file. It is assumed to decode codecs that every browser decodes. */
export async function isVideoDecodable({ codecs }: Media): Promise<boolean> {
  try {
    for (const codec of codecs.flatMap((name) => DECODERS[name] ?? []))
      if (!(await VideoDecoder.isConfigSupported({ codec })).supported) return false;
    return true;
  } catch {
    return false;
  }
}

let webp: Promise<boolean> | undefined;

/** Returns whether the browser encodes WebP; Safari does not. */
function encodesWebp(): Promise<boolean> {
  webp ??= (async () => {
    try {
      const canvas = new OffscreenCanvas(1, 1);
      canvas.getContext('2d');
      return (await canvas.convertToBlob({ type: 'image/webp' })).type === 'image/webp';
    } catch {
      return false;
    }
  })();
  return webp;
}

function largestCanvas(): Pick<Engine, 'maxSide' | 'maxPixels'> {
  const { userAgent = '', vendor = '', maxTouchPoints = 0 } = globalThis.navigator ?? {};
  // An iPad claims to be a Mac, but no Mac has a touch screen.
  if (/iP(hone|ad|od)/.test(userAgent) || (/Apple/.test(vendor) && maxTouchPoints > 1)) return IOS;
  return /Firefox\//.test(userAgent) ? FIREFOX : OTHERS;
}
