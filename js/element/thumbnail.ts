// Thumbnails of images, created one at a time and not for huge images.

import type { Media } from '../api/types.js';

/** Decoding takes four bytes per pixel: 50 megapixels are 200 MB for a moment. */
const MAX_PIXELS = 50_000_000;
/** The side of the square in device pixels. */
const SIZE = 128;

let last: Promise<unknown> = Promise.resolve();

/**
 * Resolves to a canvas with the centre of the image, or to `undefined` if it cannot be shown. An `<img>` would require
 * `blob:` in the page's Content-Security-Policy.
 */
export function thumbnail(file: Blob, media: Media, isWanted: () => boolean): Promise<HTMLCanvasElement | undefined> {
  const { kind, width = 0, height = 0 } = media;
  const isSmall = width > 0 && height > 0 && width * height <= MAX_PIXELS;
  const drawn = last.then(() => (kind === 'image' && isSmall && isWanted() ? draw(file, media) : undefined));
  // A browser cannot decode every format that a provider accepts.
  const canvas = drawn.catch(() => undefined);
  last = canvas;
  return canvas;
}

async function draw(file: Blob, { mime, width = 1, height = 1 }: Media): Promise<HTMLCanvasElement> {
  const scale = Math.min(1, SIZE / Math.min(width, height));
  const size = { resizeWidth: Math.ceil(width * scale), resizeHeight: Math.ceil(height * scale) };
  // The type of the content, because the browser would not decode it with a wrong one.
  const typed = file.slice(0, file.size, mime);
  const bitmap = await createImageBitmap(typed, scale < 1 ? { ...size, resizeQuality: 'medium' } : {});
  const side = Math.min(bitmap.width, bitmap.height);
  const canvas = Object.assign(document.createElement('canvas'), { width: SIZE, height: SIZE });
  const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  canvas.getContext('2d')?.drawImage(bitmap, left, top, side, side, 0, 0, SIZE, SIZE);
  bitmap.close();
  return canvas;
}
