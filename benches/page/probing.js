// What kind of file each is, by one of the contenders, one file after another.

import { fileTypeFromBlob } from 'file-type';
import { imageSize } from 'image-size';
import { ALL_FORMATS, BlobSource, Input } from 'mediabunny';

const PEERS = {
  // The type only.
  'file-type': async (file) => (await fileTypeFromBlob(file)).mime,
  // The type and the dimensions of images. It takes bytes, so the page reads the file.
  'image-size': async (file) => imageSize(new Uint8Array(await file.arrayBuffer())).type,
  // The type, and of what is in it what an upload would be checked for.
  mediabunny: readTracks,
};

/** The names of the contenders beside the package. */
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

/** Gives for each file its kind by the package, or nothing if it is not one of those that it knows. */
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

/** Gives for each file the milliseconds, and whether it was recognised. */
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

/** Gives the milliseconds for all files at once. */
export async function measureAtOnce(input, { name, base }) {
  const probe = PEERS[name] ?? (await import(`${base}/index.js`)).probe;
  const start = performance.now();
  await Promise.all(Array.from(input.files, (file) => probe(file)));
  return performance.now() - start;
}
