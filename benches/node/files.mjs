// The files that are uploaded: photos, pictures and a movie of a given size. Each is different and on disk, like a user's files.

import { randomFillSync } from 'node:crypto';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mp4, png, REAL } from '../../tests/e2e/fixtures.mjs';

/** The files are kept until the machine restarts. */
const folder = join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'mediaferry-bench-files');

const [JPEG] = REAL;

/** Returns the functions that make files of this size, in turn. Large files are movies. */
const makers = (bytes) => (bytes < 8 << 20 ? [jpeg, picture] : [movie]);

/** Returns the paths of `count` files of `bytes` each, and writes the missing ones. */
export function filesOf(count, bytes) {
  const names = Array.from({ length: count }, (_, at) => {
    const kinds = makers(bytes);
    const make = kinds[at % kinds.length];
    const path = join(folder, `${bytes}-${String(at).padStart(4, '0')}.${make.extension}`);
    if (!existsSync(path) || statSync(path).size !== bytes) write(path, make(bytes));
    return path;
  });
  return names;
}

function write(path, content) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, content);
}

/** Makes a photo with additional noise before its last marker. */
function jpeg(bytes) {
  const { bytes: photo } = JPEG;
  const end = Buffer.from([0xff, 0xd9]);
  const head = photo.subarray(0, Math.min(photo.length - end.length, bytes - end.length));
  // Without 0xFF, which starts a marker.
  const pixels = noise(bytes - head.length - end.length).map((byte) => (byte === 0xff ? 0 : byte));
  return Buffer.concat([head, pixels, end]);
}
jpeg.extension = 'jpg';

/** Makes a picture whose pixels are noise; readers of the header do not decompress them. */
function picture(bytes) {
  const whole = png(640, 480);
  const [header, end] = [whole.subarray(0, 33), whole.subarray(-12)];
  const pixels = noise(bytes - header.length - end.length);
  pixels.writeUInt32BE(pixels.length - 12, 0);
  pixels.write('IDAT', 4, 'latin1');
  return Buffer.concat([header, pixels, end]);
}
picture.extension = 'png';

/** Makes a movie whose frames are noise. */
function movie(bytes) {
  const content = mp4(10, bytes);
  const padding = content.lastIndexOf('free', undefined, 'latin1') + 4;
  content.write('mdat', padding - 4, 'latin1');
  for (let at = padding; at < bytes; at += 1 << 20) randomFillSync(content, at, Math.min(1 << 20, bytes - at));
  return content;
}
movie.extension = 'mp4';

const noise = (bytes) => randomFillSync(Buffer.alloc(bytes));
