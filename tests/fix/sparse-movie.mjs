// A movie with so many bytes that no tab should hold it in memory: a real one, whose samples are followed by holes.

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

const CONTAINERS = ['moov', 'trak', 'mdia', 'minf', 'stbl'];

/**
 * Writes a QuickTime file like `source` with about this many bytes: each sample of its video is as much longer, and belongs to
 * the track as a whole. The index is at the end. Returns the end of the media data, and the samples of the video
 * as they were: `[offset, length]`.
 */
export function writeSparseMovie(source, target, bytes) {
  const file = readFileSync(source);
  const top = boxes(file, 0, file.length);
  const [fileType, index] = ['ftyp', 'moov'].map((kind) => top.find((box) => box.kind === kind));
  const moov = Buffer.from(file.subarray(index.start, index.end));
  const tracks = boxes(moov, 0, moov.length)
    .filter(({ kind }) => kind === 'trak')
    .map((track) => readTrack(moov, track));
  const { count } = tracks.find(({ isVideo }) => isVideo);
  const padding = Math.floor((bytes - file.length) / count);

  const out = openSync(target, 'w');
  const header = Buffer.alloc(16);
  let at = writeSync(out, file, fileType.at, fileType.end - fileType.at, 0);
  const start = at;
  at += header.length;
  const videos = [];
  const chunks = tracks.flatMap((track) => track.chunks.map((chunk) => ({ track, ...chunk })));
  for (const { track, offset, entry, samples } of chunks.sort((one, other) => one.offset - other.offset)) {
    moov.writeUInt32BE(at, entry);
    let from = offset;
    for (const { size, entry } of samples) {
      writeSync(out, file, from, size, at);
      if (track.isVideo) videos.push([at, size]);
      const length = size + (track.isVideo ? padding : 0);
      moov.writeUInt32BE(length, entry);
      from += size;
      at += length;
    }
  }
  header.writeUInt32BE(1, 0);
  header.write('mdat', 4);
  header.writeBigUInt64BE(BigInt(at - start), 8);
  writeSync(out, header, 0, header.length, start);
  const end = at;
  at += writeSync(out, file, index.at, index.start - index.at, at);
  writeSync(out, moov, 0, moov.length, at);
  closeSync(out);
  return { end, samples: videos };
}

/** The boxes in a range: the offset of each, and the range of its body. */
function boxes(bytes, start, end) {
  const found = [];
  for (let at = start; at + 8 <= end; ) {
    const length = bytes.readUInt32BE(at);
    found.push({ kind: bytes.toString('latin1', at + 4, at + 8), at, start: at + 8, end: at + length });
    at += length;
  }
  return found;
}

/** The chunks of a track with their samples; `entry` is the offset of a number in its table. */
function readTrack(moov, track) {
  const tables = new Map();
  const collect = ({ start, end }) => {
    for (const box of boxes(moov, start, end)) {
      if (CONTAINERS.includes(box.kind)) collect(box);
      else if (!tables.has(box.kind)) tables.set(box.kind, box.start);
    }
  };
  collect(track);
  const [runs, sizes, offsets] = ['stsc', 'stsz', 'stco'].map((kind) => tables.get(kind));
  const count = moov.readUInt32BE(sizes + 8);
  const chunks = [];
  let [run, sample] = [0, 0];
  for (let chunk = 0; chunk < moov.readUInt32BE(offsets + 4); chunk++) {
    const hasNext = run + 1 < moov.readUInt32BE(runs + 4);
    if (hasNext && moov.readUInt32BE(runs + 8 + (run + 1) * 12) === chunk + 1) run++;
    const samples = Array.from({ length: moov.readUInt32BE(runs + 8 + run * 12 + 4) }, () => {
      const entry = sizes + 12 + sample++ * 4;
      return { size: moov.readUInt32BE(entry), entry };
    });
    const entry = offsets + 8 + chunk * 4;
    chunks.push({ offset: moov.readUInt32BE(entry), entry, samples });
  }
  return { isVideo: tables.has('vmhd'), count, chunks };
}
