// Finds out how a decoded image must be turned to be upright. Browsers differ in which orientations they know: Chromium and
// Firefox ignore that of a WebP, and of a PNG that states it behind its pixels.

/** The size of an image as displayed, and how it is stored. */
export interface Expected {
  width: number;
  height: number;
  /** EXIF orientation, 1 to 8; missing if the file states none. */
  orientation?: number;
}

/** An image before it is drawn. */
export type Decodable = Blob | ImageData | ImageBitmap;

type Turn = [a: number, b: number, c: number, d: number, x: number, y: number];

const UPRIGHT: Turn = [1, 0, 0, 1, 0, 0];
/** Each orientation as a transformation, with an offset in widths and heights of the upright image. */
const TURNS: Record<number, Turn> = {
  2: [-1, 0, 0, 1, 1, 0],
  3: [-1, 0, 0, -1, 1, 1],
  4: [1, 0, 0, -1, 0, 1],
  5: [0, 1, 1, 0, 0, 0],
  6: [0, 1, -1, 0, 1, 0],
  7: [0, -1, -1, 0, 1, 1],
  8: [0, -1, 1, 0, 0, 1],
};

/** The bytes of an entry of EXIF, and the sizes of the types of an orientation. */
const ENTRY = 12;
const SIZES: Record<number, number> = { 1: 1, 3: 2, 4: 4 };

/** Ratios that differ by at most this factor are the same shape: a callback of the page may return a smaller image. */
const SAME_SHAPE = 1.01;

/** The sides of the pictures that are compared. */
const SAMPLE = 24;
/** The largest difference between two decodings of the same pixels, for browsers that add noise to what a page reads. */
const NOISE = 4;

/** Returns whether an orientation swaps width and height. */
export const swapsSides = (orientation: number) => orientation > 4;

/**
 * Returns the orientation by which `bitmap` must be turned to be upright; 1 if it is upright. Rejects if it has another shape
 * than the file.
 * @param file the file, if the browser itself decoded it; what a callback of the page decoded must be upright
 */
export async function turnFor(bitmap: ImageBitmap, expected: Expected, file: Blob | undefined): Promise<number> {
  const { width, height, orientation = 1 } = expected;
  const [across, down] = swapsSides(orientation) ? [height, width] : [width, height];
  if (bitmap.width === across && bitmap.height === down) {
    if (across !== width) return orientation;
    // The sides do not tell whether it was turned.
    return orientation === 1 || !file || (await turnsItself(bitmap, file, orientation)) ? 1 : orientation;
  }
  if (hasShape(bitmap, width, height) || isTurnedUnasked(bitmap, expected)) return 1;
  if (hasShape(bitmap, across, down)) return orientation;
  const sizes = `${bitmap.width} × ${bitmap.height} pixels instead of ${width} × ${height}`;
  throw new DOMException(`the image was decoded with ${sizes}`, 'NotSupportedError');
}

/** Returns whether the browser turned an image by an orientation that is not known here. */
export function isTurnedUnasked(bitmap: ImageBitmap, { width, height, orientation = 1 }: Expected): boolean {
  return orientation === 1 && width !== height && bitmap.width === height && bitmap.height === width;
}

function hasShape(bitmap: ImageBitmap, width: number, height: number): boolean {
  const ratio = (bitmap.width * height) / (bitmap.height * width);
  return Math.max(ratio, 1 / ratio) <= SAME_SHAPE;
}

/** Draws a bitmap, turned by `orientation`, in a rectangle. */
export function drawTurned(
  context: OffscreenCanvasRenderingContext2D,
  bitmap: ImageBitmap,
  orientation: number,
  [x, y, width, height]: [x: number, y: number, width: number, height: number],
): void {
  const [a, b, c, d, right, down] = TURNS[orientation] ?? UPRIGHT;
  context.setTransform(a, b, c, d, x + right * width, y + down * height);
  const [across, along] = swapsSides(orientation) ? [height, width] : [width, height];
  context.drawImage(bitmap, 0, 0, across, along);
  context.resetTransform();
}

/** Returns whether the browser turned the file: then, it decodes a copy without an orientation to another picture. */
async function turnsItself(bitmap: ImageBitmap, file: Blob, orientation: number): Promise<boolean> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  // Orientations that are stored otherwise: HEIC and AVIF are turned wherever they are decoded, and texts of a PNG nowhere.
  if (!forget(bytes, orientation)) return !isPng(bytes);
  let plain: ImageBitmap;
  try {
    plain = await createImageBitmap(new Blob([bytes], { type: file.type }));
  } catch {
    return true;
  }
  const [turned, stored] = [sample(bitmap), sample(plain)];
  plain.close();
  return turned.some((value, at) => Math.abs(value - (stored[at] as number)) > NOISE);
}

/** Replaces each EXIF entry of this orientation by 1. Returns whether there was one. */
function forget(bytes: Uint8Array<ArrayBuffer>, orientation: number): boolean {
  let isFound = false;
  for (let at = 0; at + ENTRY <= bytes.length; at++) {
    const isLittle = bytes[at] === 0x12 && bytes[at + 1] === 0x01;
    if (!isLittle && !(bytes[at] === 0x01 && bytes[at + 1] === 0x12)) continue;
    const entry = new DataView(bytes.buffer, at, ENTRY);
    const size = SIZES[entry.getUint16(2, isLittle)];
    if (!size || entry.getUint32(4, isLittle) !== 1) continue;
    const value = isLittle ? 8 : 7 + size;
    if (entry.getUint8(value) !== orientation) continue;
    entry.setUint8(value, 1);
    isFound = true;
  }
  return isFound;
}

const isPng = (bytes: Uint8Array) => bytes[0] === 0x89 && bytes[1] === 0x50;

/** Returns the pixels of a small copy. */
function sample(bitmap: ImageBitmap): Uint8ClampedArray {
  const context = new OffscreenCanvas(SAMPLE, SAMPLE).getContext('2d', { willReadFrequently: true });
  if (!context) throw new DOMException('there is no canvas', 'NotSupportedError');
  context.drawImage(bitmap, 0, 0, SAMPLE, SAMPLE);
  return context.getImageData(0, 0, SAMPLE, SAMPLE).data;
}
