// Creates thumbnails of images and videos, one at a time; none for huge images.

import type { Media } from '../api/types.js';

/** Decoding takes four bytes per pixel, so 50 megapixels temporarily take 200 MB. */
const MAX_PIXELS = 50_000_000;

let last: Promise<unknown> = Promise.resolve();

/** Something that can be drawn. */
export type Picture = ImageBitmap | HTMLCanvasElement;

/** Reads a picture of at least this many pixels on each side, if the media has as many. */
export type Read = (file: Blob, media: Media, side: number) => Promise<Picture | undefined>;

/** A thumbnail to create. */
export interface ThumbnailRequest {
  /** The side of the square in device pixels. */
  side: number;
  /** Returns whether it is still needed when its turn comes. */
  isWanted: () => boolean;
  /** Reads a frame of a video. Without it, videos have no thumbnails. */
  readVideo: Read | undefined;
}

/**
 * Resolves to a canvas with the centre of the picture, or to `undefined` if it cannot be shown. An `<img>` would require
 * `blob:` in the page's Content-Security-Policy.
 */
export function thumbnail(file: Blob, media: Media, request: ThumbnailRequest): Promise<HTMLCanvasElement | undefined> {
  const { side, isWanted, readVideo } = request;
  const { kind, width = 0, height = 0 } = media;
  const isSmall = width > 0 && height > 0 && width * height <= MAX_PIXELS;
  const read = kind === 'image' ? readImage : kind === 'video' ? readVideo : undefined;
  const drawn = last.then(async () => {
    const picture = isSmall && isWanted() ? await read?.(file, media, side) : undefined;
    return picture && crop(picture, side);
  });
  // A browser cannot decode every format that a provider accepts.
  const canvas = drawn.catch(() => undefined);
  last = canvas;
  return canvas;
}

async function readImage(file: Blob, { mime, width = 1, height = 1 }: Media, side: number): Promise<ImageBitmap> {
  const scale = Math.min(1, side / Math.min(width, height));
  const size = { resizeWidth: Math.ceil(width * scale), resizeHeight: Math.ceil(height * scale) };
  // With the type of the content, because browsers do not decode a file with a wrong type.
  const typed = file.slice(0, file.size, mime);
  return await createImageBitmap(typed, scale < 1 ? { ...size, resizeQuality: 'medium' } : {});
}

function crop(picture: Picture, side: number): HTMLCanvasElement {
  const { width, height } = picture;
  const shorter = Math.min(width, height);
  // A small picture is not enlarged, so that its canvas stays small.
  const size = Math.min(side, shorter);
  const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size });
  const [left, top] = [(width - shorter) / 2, (height - shorter) / 2];
  canvas.getContext('2d')?.drawImage(picture, left, top, shorter, shorter, 0, 0, size, size);
  if ('close' in picture) picture.close();
  return canvas;
}
