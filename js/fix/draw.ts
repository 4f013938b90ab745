// Draws an image in another format, size or shape, and searches for a quality and a size that meet a limit in bytes. It
// runs in its own worker, or on the main thread if no worker can start.

import { type Decodable, drawTurned, type Expected, isTurnedUnasked, swapsSides, turnFor } from './upright.js';

/** What to draw: a `Drawing` of src/fix/plan, and the page's choices. */
export interface Drawing {
  mime: string;
  width: number;
  height: number;
  fit: 'scale' | 'pad' | 'crop';
  maxBytes?: number;
  minWidth: number;
  minHeight: number;
  compresses: boolean;
  downscales: boolean;
  quality: number;
  background: string;
  /** What is known about the source. */
  expected: Expected;
}

export interface Drawn {
  blob: Blob;
  width: number;
  height: number;
  /** The quality, if the format has one. */
  quality?: number;
}

/** The lowest quality that is tried. */
const MIN_QUALITY = 0.5;
/** The number of qualities that are tried between the lowest and the initial one. */
const BISECTIONS = 3;
/** The number of smaller sizes that are tried. */
const MAX_SHRINKS = 6;
/** The next size aims at this fraction of the limit. */
const MARGIN = 0.92;

type Context = OffscreenCanvasRenderingContext2D;

/** Draws and encodes. Rejects if the image cannot be decoded or encoded, or if no attempt meets the limit. */
export async function draw(source: Decodable, drawing: Drawing): Promise<Drawn> {
  let canvas = await render(source, drawing);
  const maxBytes = drawing.maxBytes ?? Number.POSITIVE_INFINITY;
  const hasQuality = drawing.mime !== 'image/png';
  let smallest = Number.POSITIVE_INFINITY;
  for (let shrinks = 0; ; shrinks++) {
    const found = await encodeBelow(canvas, drawing, hasQuality, maxBytes, shrinks > 0);
    if (found.blob.size <= maxBytes) return { ...found, width: canvas.width, height: canvas.height };
    smallest = Math.min(smallest, found.blob.size);
    const next = drawing.downscales && shrinks < MAX_SHRINKS ? smaller(canvas, drawing, found.blob.size) : undefined;
    if (!next) throw new DOMException(`${smallest} bytes are more than the limit of ${maxBytes}`, 'ConstraintError');
    canvas = shrink(canvas, next);
  }
}

/** Decodes the source and draws it, upright and in sRGB. At most the source's pixels and the result's are in memory. */
async function render(source: Decodable, drawing: Drawing): Promise<OffscreenCanvas> {
  const { fit, background, mime, expected } = drawing;
  let bitmap = source instanceof ImageBitmap ? source : await createImageBitmap(source);
  try {
    const turn = turnFor(bitmap, expected);
    const turned = (sides: [number, number]) => (swapsSides(turn) ? (sides.reverse() as [number, number]) : sides);
    const isSwapped = isTurnedUnasked(bitmap, expected);
    const [width, height] = isSwapped ? [drawing.height, drawing.width] : [drawing.width, drawing.height];
    const sides = turned([bitmap.width, bitmap.height]);
    const scale = (fit === 'crop' ? Math.max : Math.min)(width / sides[0], height / sides[1]);
    const [w, h] = fit === 'scale' ? [width, height] : [Math.round(sides[0] * scale), Math.round(sides[1] * scale)];
    if (scale < 0.7) bitmap = await resized(bitmap, ...turned([w, h]));
    const canvas = new OffscreenCanvas(width, height);
    const context = contextOf(canvas);
    const [x, y] = [Math.round((width - w) / 2), Math.round((height - h) / 2)];
    if (mime === 'image/jpeg' || fit === 'pad') {
      // If the colour of the page is invalid, it is ignored, and this one stays.
      context.fillStyle = 'white';
      context.fillStyle = background;
      context.fillRect(0, 0, width, height);
      if (mime !== 'image/jpeg') context.clearRect(x, y, w, h);
    }
    drawTurned(context, bitmap, turn, [x, y, w, h]);
    return canvas;
  } finally {
    bitmap.close();
  }
}

/** Scales a bitmap with the browser's best filter, and closes the original. */
async function resized(bitmap: ImageBitmap, width: number, height: number): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(bitmap, { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' });
  } finally {
    bitmap.close();
  }
}

function contextOf(canvas: OffscreenCanvas): Context {
  const context = canvas.getContext('2d');
  if (!context) throw new DOMException(`no canvas of ${canvas.width} × ${canvas.height} pixels`, 'NotSupportedError');
  context.imageSmoothingQuality = 'high';
  return context;
}

/** Encodes with the highest quality that meets the limit; if none does, with the lowest. */
async function encodeBelow(
  canvas: OffscreenCanvas,
  { mime, quality, compresses }: Drawing,
  hasQuality: boolean,
  maxBytes: number,
  isLower: boolean,
): Promise<{ blob: Blob; quality?: number }> {
  if (!hasQuality) return { blob: await encode(canvas, mime) };
  // If even the lowest quality was too large at the previous size, the highest one is not tried at this size.
  let high = isLower ? (quality + MIN_QUALITY) / 2 : quality;
  let best = { blob: await encode(canvas, mime, high), quality: high };
  if (best.blob.size <= maxBytes || !compresses || high <= MIN_QUALITY) return best;
  let low = MIN_QUALITY;
  best = { blob: await encode(canvas, mime, low), quality: low };
  if (best.blob.size > maxBytes) return best;
  for (let count = 0; count < BISECTIONS; count++) {
    const middle = (low + high) / 2;
    const blob = await encode(canvas, mime, middle);
    if (blob.size > maxBytes) high = middle;
    else {
      low = middle;
      best = { blob, quality: middle };
    }
  }
  return best;
}

async function encode(canvas: OffscreenCanvas, type: string, quality?: number): Promise<Blob> {
  const blob = await canvas.convertToBlob({ type, ...(quality === undefined ? {} : { quality }) });
  // A browser without an encoder for the type encodes PNG.
  if (blob.type !== type) throw new DOMException(`this browser cannot encode ${type}`, 'NotSupportedError');
  return blob;
}

/**
 * Returns the next size, with about the same aspect ratio; `undefined` if it would be below the minimum. The shorter side is
 * rounded up, so that the aspect ratio does not exceed its limit.
 */
function smaller({ width, height }: OffscreenCanvas, drawing: Drawing, bytes: number): [number, number] | undefined {
  const factor = Math.sqrt((MARGIN * (drawing.maxBytes ?? bytes)) / bytes);
  const [across, down] = width > height ? [Math.floor, Math.ceil] : [Math.ceil, Math.floor];
  const size: [number, number] = [across(width * factor), down(height * factor)];
  return size[0] >= drawing.minWidth && size[1] >= drawing.minHeight ? size : undefined;
}

/** Draws a canvas in a smaller size, and frees the memory of the original. */
function shrink(canvas: OffscreenCanvas, [width, height]: [number, number]): OffscreenCanvas {
  const next = new OffscreenCanvas(width, height);
  contextOf(next).drawImage(canvas, 0, 0, width, height);
  canvas.width = canvas.height = 0;
  return next;
}
