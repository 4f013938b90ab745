// Files for the tests of fixes: a photo with a location, a JPEG with many pixels in few bytes, a GIF with many frames, a bitmap,
// images with an orientation.

import { chunk } from './fixtures.mjs';

/** The JPEG with EXIF data that states a location, as its first segment. */
export function withLocation(jpeg) {
  const tiff = Buffer.alloc(8 + 2 + 12 + 4 + 2 + 4 * 12 + 4 + 48);
  tiff.write('MM\0*', 'latin1');
  tiff.writeUInt32BE(8, 4);
  const entry = (at, tag, type, count, value) => {
    tiff.writeUInt16BE(tag, at);
    tiff.writeUInt16BE(type, at + 2);
    tiff.writeUInt32BE(count, at + 4);
    if (typeof value === 'string') tiff.write(value, at + 8, 'latin1');
    else tiff.writeUInt32BE(value, at + 8);
  };
  const gps = 8 + 2 + 12 + 4;
  const values = gps + 2 + 4 * 12 + 4;
  tiff.writeUInt16BE(1, 8);
  entry(10, 0x8825, 4, 1, gps);
  tiff.writeUInt16BE(4, gps);
  entry(gps + 2, 1, 2, 2, 'N\0');
  entry(gps + 14, 2, 5, 3, values);
  entry(gps + 26, 3, 2, 2, 'E\0');
  entry(gps + 38, 4, 5, 3, values + 24);
  for (let at = 0; at < 6; at++) {
    tiff.writeUInt32BE(48 + at, values + at * 8);
    tiff.writeUInt32BE(1, values + at * 8 + 4);
  }
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(exif.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, exif, jpeg.subarray(2)]);
}

/** A grey baseline JPEG: every block is two zero bits. */
export function largeJpeg(width, height) {
  const segment = (marker, ...bytes) => [0xff, marker, (bytes.length + 2) >> 8, (bytes.length + 2) & 255, ...bytes];
  // One code of one bit: no difference (DC), and the end of the block (AC).
  const table = (kind) => segment(0xc4, kind << 4, 1, ...new Array(15).fill(0), 0);
  const head = [
    ...[0xff, 0xd8],
    ...segment(0xdb, 0, ...new Array(64).fill(16)),
    ...segment(0xc0, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0),
    ...table(0),
    ...table(1),
    ...segment(0xda, 1, 1, 0, 0, 63, 0),
  ];
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  return Buffer.concat([Buffer.from(head), Buffer.alloc(Math.ceil((blocks * 2) / 8)), Buffer.from([0xff, 0xd9])]);
}

/** A GIF whose frames are not compressed: LZW with a clear code before the table grows. */
export function gif(width, height, frames) {
  const le16 = (value) => [value & 255, value >> 8];
  const head = [...Buffer.from('GIF89a'), ...le16(width), ...le16(height), 0x80 | 6, 0, 0];
  const palette = Array.from({ length: 128 }, (_, at) => [at * 2, 255 - at * 2, at]).flat();
  const loop = [0x21, 0xff, 11, ...Buffer.from('NETSCAPE2.0'), 3, 1, 0, 0, 0];
  const all = [Buffer.from([...head, ...palette, ...loop])];
  for (let frame = 0; frame < frames; frame++) {
    const codes = [];
    for (let at = 0; at < width * height; at++) {
      if (at % 100 === 0) codes.push(128);
      codes.push((at + frame) & 127);
    }
    codes.push(129);
    // With 7 bits of colour, codes have 8 bits.
    const data = Buffer.from(codes);
    const blocks = [];
    for (let at = 0; at < data.length; at += 255) {
      const block = data.subarray(at, at + 255);
      blocks.push(Buffer.from([block.length]), block);
    }
    const control = [0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, ...le16(width), ...le16(height), 0, 7];
    all.push(Buffer.from(control), ...blocks, Buffer.from([0]));
  }
  return Buffer.concat([...all, Buffer.from([0x3b])]);
}

/** A bitmap of 24 bits with a gradient. */
export function bitmap(width, height) {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + stride * height);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let at = 54; at < bytes.length; at++) bytes[at] = at & 255;
  return bytes;
}

/**
 * The JPEG, PNG or WebP with an EXIF orientation.
 * @param place `behind` the pixels of a PNG; `byte`: as a number of one byte, which browsers do not read
 */
export function withOrientation(image, orientation, place) {
  const tiff = Buffer.from('MM\0*\0\0\0\b\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0', 'latin1');
  if (place === 'byte') tiff[13] = 1;
  tiff[place === 'byte' ? 18 : 19] = orientation;
  if (image[0] === 0x89) {
    const at = place === 'behind' ? image.length - 12 : 33;
    return Buffer.concat([image.subarray(0, at), chunk('eXIf', tiff), image.subarray(at)]);
  }
  if (image[0] === 0xff) {
    const exif = Buffer.concat([Buffer.from('\xff\xe1\0\0Exif\0\0', 'latin1'), tiff]);
    exif.writeUInt16BE(exif.length - 2, 2);
    return Buffer.concat([image.subarray(0, 2), exif, image.subarray(2)]);
  }
  return webpWithExif(image, tiff);
}

/** A WebP in the extended format, with EXIF data behind the pixels. */
function webpWithExif(image, tiff) {
  const part = (name, data) => {
    const head = Buffer.alloc(8);
    head.write(name);
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data, Buffer.alloc(data.length & 1)]);
  };
  // Browsers write the simple format, whose first part has the size, or the extended one.
  const kind = image.toString('latin1', 12, 16);
  const header = kind === 'VP8X' ? Buffer.from(image.subarray(20, 30)) : Buffer.alloc(10);
  header[0] |= 8;
  if (kind !== 'VP8X') {
    const bits = image.readUInt32LE(kind === 'VP8L' ? 21 : 26);
    const [width, height] =
      kind === 'VP8L' ? [(bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1] : [bits & 0x3fff, (bits >>> 16) & 0x3fff];
    header.writeUIntLE(width - 1, 4, 3);
    header.writeUIntLE(height - 1, 7, 3);
  }
  const pixels = image.subarray(kind === 'VP8X' ? 30 : 12);
  return part('RIFF', Buffer.concat([Buffer.from('WEBP'), part('VP8X', header), pixels, part('EXIF', tiff)]));
}
