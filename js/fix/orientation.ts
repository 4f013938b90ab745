// Asks the browser whether it turns an image by its orientation.

import { swapsSides } from './upright.js';

/** The bytes of an entry of EXIF, and the sizes of the types of an orientation. */
const ENTRY = 12;
const SIZES: Record<number, number> = { 1: 1, 3: 2, 4: 4 };

/** The first byte of a PNG. */
const PNG = 0x89;

/** The sides of the pictures that are compared. */
const SAMPLE = 24;
/** The largest difference between two decodings of the same pixels, for browsers that add noise to what a page reads. */
const NOISE = 4;

/**
 * Returns whether an image is upright after the browser decoded it. Asks only if the sides do not tell, because the orientation
 * does not swap them, or because they are equal.
 */
export async function isTurned(file: Blob, orientation: number, width: number, height: number): Promise<boolean> {
  if (orientation === 1 || (swapsSides(orientation) && width !== height)) return true;
  const bytes = new Uint8Array(await file.arrayBuffer());
  // Orientations that are stored otherwise: HEIC and AVIF are turned wherever they are decoded, and texts of a PNG nowhere.
  if (!forget(bytes, orientation)) return bytes[0] !== PNG;
  try {
    const plain = await sample(new Blob([bytes], { type: file.type }));
    return (await sample(file)).some((value, at) => Math.abs(value - (plain[at] as number)) > NOISE);
  } catch {
    return true;
  }
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

/** Returns the pixels of a small copy. */
async function sample(file: Blob): Promise<Uint8ClampedArray> {
  const bitmap = await createImageBitmap(file);
  const context = new OffscreenCanvas(SAMPLE, SAMPLE).getContext('2d', { willReadFrequently: true });
  context?.drawImage(bitmap, 0, 0, SAMPLE, SAMPLE);
  bitmap.close();
  return context?.getImageData(0, 0, SAMPLE, SAMPLE).data ?? new Uint8ClampedArray();
}
