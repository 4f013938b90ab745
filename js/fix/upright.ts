// Turns a decoded image upright. Browsers differ in which orientations they know: Chromium and Firefox ignore that of a WebP,
// and of a PNG that states it behind its pixels.

/** An image before it is drawn. */
export type Decodable = Blob | ImageData | ImageBitmap;

/** The size of an image as displayed, and how it is stored. */
export interface Expected {
  width: number;
  height: number;
  /** EXIF orientation, 1 to 8. */
  orientation: number;
  /** Whether the image is upright after decoding, if its sides do not tell. */
  isUpright: boolean;
}

/** Ratios that differ by at most this factor are the same shape: a callback of the page may return a smaller image. */
const SAME_SHAPE = 1.01;

/** Returns whether an orientation swaps width and height. */
export const swapsSides = (orientation: number) => orientation > 4;

/**
 * Returns the orientation by which a decoded image must be turned to be upright; 1 if it is upright.
 * @throws {DOMException} if the image has another shape than the file
 */
export function turnFor(bitmap: ImageBitmap, expected: Expected): number {
  const { width, height, orientation, isUpright } = expected;
  const [across, down] = swapsSides(orientation) ? [height, width] : [width, height];
  if (bitmap.width === across && bitmap.height === down) return across === width && isUpright ? 1 : orientation;
  if (hasShape(bitmap, width, height) || isTurnedUnasked(bitmap, expected)) return 1;
  if (hasShape(bitmap, across, down)) return orientation;
  const sizes = `${bitmap.width} × ${bitmap.height} pixels instead of ${width} × ${height}`;
  throw new DOMException(`the image was decoded with ${sizes}`, 'NotSupportedError');
}

/** Returns whether the browser turned an image by an orientation that is not known here. */
export function isTurnedUnasked(bitmap: ImageBitmap, { width, height, orientation }: Expected): boolean {
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
  const [right, left] = [2, 3, 6, 7].includes(orientation) ? [-1, x + width] : [1, x];
  const [down, top] = [3, 4, 7, 8].includes(orientation) ? [-1, y + height] : [1, y];
  if (swapsSides(orientation)) {
    context.setTransform(0, down, right, 0, left, top);
    context.drawImage(bitmap, 0, 0, height, width);
  } else {
    context.setTransform(right, 0, 0, down, left, top);
    context.drawImage(bitmap, 0, 0, width, height);
  }
}
