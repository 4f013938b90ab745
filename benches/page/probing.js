// Probes files with one of the contenders, one after another.

import { fileTypeFromBlob } from 'file-type';
import { imageSize } from 'image-size';
import { ALL_FORMATS, BlobSource, Input } from 'mediabunny';

const PEERS = {
  // The type only.
  'file-type': async (file) => (await fileTypeFromBlob(file)).mime,
  // The type and the dimensions of images. It accepts only bytes, so the page reads the file.
  'image-size': async (file) => imageSize(new Uint8Array(await file.arrayBuffer())).type,
  // The type, and the facts that an upload is checked for.
  mediabunny: readTracks,
};

/** The names of the other contenders. */
export const peers = () => Object.keys(PEERS);

async function readTracks(file) {
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  const mime = await input.getMimeType();
  const video = await input.getPrimaryVideoTrack();
  if (video) await video.getDisplayWidth();
  await input.getDurationFromMetadata();
  input.dispose();
  return mime;
}

/** Returns the kind of each file, as the package detects it, or nothing if it does not recognise the file. */
export async function kinds(input, base) {
  const { probe } = await import(`${base}/index.js`);
  const kind = (file) =>
    probe(file).then(
      ({ kind }) => kind,
      () => null,
    );
  const all = [];
  for (const file of input.files) all.push(await kind(file));
  return all;
}

/** Returns for each file the milliseconds, and whether it was recognised. */
export async function measure(input, { name, base }) {
  const probe = PEERS[name] ?? (await import(`${base}/index.js`)).probe;
  const results = [];
  for (const file of input.files) {
    const start = performance.now();
    const known = await Promise.resolve(probe(file)).then(Boolean, () => false);
    results.push({ millis: performance.now() - start, known });
  }
  return results;
}

/** Returns the milliseconds for all files at once. */
export async function measureAtOnce(input, { name, base }) {
  const probe = PEERS[name] ?? (await import(`${base}/index.js`)).probe;
  const start = performance.now();
  await Promise.all(Array.from(input.files, (file) => probe(file)));
  return performance.now() - start;
}
