// The files that the tests upload: four real ones, and made ones that sit right at a limit.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';

/** The SHA-256 of these bytes, as the page shows it. */
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const real = (name, type, sum) => {
  const bytes = readFileSync(new URL(`../fixtures/e2e/${name}`, import.meta.url));
  if (sha256(bytes) !== sum) throw new Error(`tests/fixtures/e2e/${name} is not the file it was`);
  return { name, type, bytes, sum };
};

/** One real file of each format that ModelHunter takes; see tests/fixtures/e2e/README.md. */
export const REAL = [
  real('cat.jpg', 'image/jpeg', 'f8dcbaf051bfb52ea7a9481cbe3b125210c236518762b0be65444bfc073792db'),
  real('turned.png', 'image/png', 'e247042c8f24898f12954f7d1c22ad46507e6402530da9d5f02c717daf9b224c'),
  real('test.webp', 'image/webp', 'd482f2e2e9b912dcaed5f6706884247370c5d785d2a4650d25be929ae11224fe'),
  real('bt601.mp4', 'video/mp4', '80395ee0e0ede24a47d49a2653f727bffebe82080d8cd756588347cb4b2ecf01'),
];

const [CAT, , , MOVIE] = REAL;

/** A made file under a name, like those in `REAL`. */
export const file = (name, bytes) => ({ name, bytes, sum: sha256(bytes) });

/** The photo, in a copy that ends in the middle of its pixels. */
export const cutJpeg = () => CAT.bytes.subarray(0, CAT.bytes.length >> 1);

/** A valid grey PNG of these pixels; with `size`, of exactly so many bytes, by a chunk that viewers pass over. */
export function png(width, height, size) {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const pixels = deflateSync(Buffer.alloc((width + 1) * height, 0x55).map((byte, at) => (at % (width + 1) ? byte : 0)));
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const [head, body, end] = [chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND')];
  const plain = signature.length + head.length + body.length + end.length;
  const padding = size === undefined ? [] : [chunk('prVt', Buffer.alloc(size - plain - 12, 0xa5))];
  return Buffer.concat([signature, head, ...padding, body, end]);
}

/** A chunk of PNG. */
export function chunk(kind, data = Buffer.alloc(0)) {
  const framed = Buffer.alloc(data.length + 12);
  framed.writeUInt32BE(data.length, 0);
  framed.write(kind, 4, 'latin1');
  data.copy(framed, 8);
  framed.writeUInt32BE(crc32(framed.subarray(4, -4)), framed.length - 4);
  return framed;
}

// Node has one of its own only since 20.15.
const CRC = Int32Array.from({ length: 256 }, (_, at) => {
  let crc = at;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) crc = CRC[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The real movie, with headers that say it runs for so many seconds; with `size`, of so many bytes, by a free box. */
export function mp4(seconds, size) {
  const movie = Buffer.from(MOVIE.bytes);
  const header = movie.indexOf('mvhd');
  const timescale = movie.readUInt32BE(header + 16);
  movie.writeUInt32BE(seconds * timescale, header + 20);
  for (const at of all(movie, 'tkhd')) movie.writeUInt32BE(seconds * timescale, at + 24);
  for (const at of all(movie, 'mdhd')) movie.writeUInt32BE(seconds * movie.readUInt32BE(at + 16), at + 20);
  if (size === undefined) return movie;
  const free = Buffer.alloc(size - movie.length);
  free.writeUInt32BE(free.length, 0);
  free.write('free', 4, 'latin1');
  return Buffer.concat([movie, free]);
}

/** Where each box of a kind has its name. */
function* all(movie, kind) {
  for (let at = movie.indexOf(kind); at >= 0; at = movie.indexOf(kind, at + 1)) yield at;
}
