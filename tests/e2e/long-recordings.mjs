// Long recordings, as browsers and cameras write them, generated from files of tests/fixtures/media.

import { readFileSync } from 'node:fs';

const made = (name) => readFileSync(new URL(`../fixtures/media/${name}`, import.meta.url));
const be32 = (number) => [number >>> 24, (number >>> 16) & 0xff, (number >>> 8) & 0xff, number & 0xff];

/** Fragmented MP4 of this many seconds, with this many bytes each, optionally with a random access table. */
export function fragments(seconds, bytes, hasTable = false) {
  const file = made('fragments.mp4');
  const first = file.indexOf('moof') - 4;
  const fragment = file.subarray(first, file.indexOf('mdat', first) - 4);
  const parts = [file.subarray(0, first)];
  let [at, last] = [first, 0];
  for (let second = 0; second < seconds; second++) {
    const moof = Buffer.from(fragment);
    moof.writeBigUInt64BE(BigInt(second * 1000), moof.indexOf('tfdt') + 8);
    const mdat = Buffer.alloc(bytes, 0x55);
    mdat.writeUInt32BE(bytes, 0);
    mdat.write('mdat', 4, 'latin1');
    parts.push(moof, mdat);
    last = at;
    at += moof.length + mdat.length;
  }
  if (hasTable) {
    const entry = [...be32(0), ...be32(last), 1, 1, 1];
    const tfra = [...be32(24 + entry.length), ...Buffer.from('tfra'), ...be32(0), ...be32(1), ...be32(0), ...be32(1)];
    const length = 8 + tfra.length + entry.length + 16;
    const mfro = [...be32(16), ...Buffer.from('mfro'), ...be32(0), ...be32(length)];
    parts.push(Buffer.from([...be32(length), ...Buffer.from('mfra'), ...tfra, ...entry, ...mfro]));
  }
  return Buffer.concat(parts);
}

/** The recorded WebM, or a Matroska file alike, that goes on for so many seconds, each a cluster of so many bytes. */
export function clusters(seconds, bytes, type = 'webm') {
  const file = made('recorded.webm');
  const start = Buffer.from(file.subarray(0, file.indexOf(Buffer.from('1f43b675', 'hex'))));
  const header = type === 'webm' ? start : Buffer.from(start.toString('latin1').replace('webm', 'mkv\0'), 'latin1');
  const parts = [header];
  for (let second = 0; second < seconds; second++) {
    const block = Buffer.alloc(bytes, 0x55);
    // A block of the first track, in the middle of its cluster, with a length of four bytes.
    block.set([0xa3, ...be32(0x10000000 + bytes - 5), 0x81, ...be32(500 << 16).slice(0, 2), 0x80]);
    const cluster = [0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xe7, 0x84];
    parts.push(Buffer.from([...cluster, ...be32(second * 1000)]), block);
  }
  return Buffer.concat(parts);
}
