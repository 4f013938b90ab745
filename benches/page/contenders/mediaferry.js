// The package under test with its defaults: the file is probed, checked and hashed.

import { putUrl } from './urls.js';

/** Uploads with the queue of the package at a path of the page's origin. `options` are those of an upload. Returns the assets. */
export const mediaferry = (base, options) => async (files, storage) => {
  const { Uploader, presignedPut } = await import(`${base}/index.js`);
  const uploader = new Uploader({ provider: presignedPut(backend(storage)), ...options });
  const complete = new Promise((resolve) => uploader.on('complete', resolve));
  await uploader.addAll(files);
  const { successful, failed } = await complete;
  if (successful.length !== files.length) throw failed[0] ?? new Error('mediaferry: not all were uploaded');
  return successful;
};

/** Uploads without a queue. */
export const allAtOnce = (base, options) => async (files, storage) => {
  const { upload, presignedPut } = await import(`${base}/index.js`);
  const provider = presignedPut(backend(storage));
  await Promise.all(files.map((file) => upload(file, { provider, ...options })));
};

/** Uploads in parts, several at a time. Builds from before multipart uploads do not support this. */
export const inParts = (base, options) => async (files, storage) => {
  const { presignedParts, upload } = await import(`${base}/index.js`);
  const provider = presignedParts({
    create: ({ name }) => ({ uploadId: putUrl(storage, { name }).split('?')[0] }),
    sign: ({ uploadId, parts }) => parts.map(({ number }) => ({ number, url: `${uploadId}?partNumber=${number}` })),
    complete: ({ uploadId }) => ({ url: uploadId }),
  });
  await Promise.all(files.map((file) => upload(file, { provider, ...options })));
};

/** A backend whose response takes no time. */
export const backend = (storage) => ({ sign: (file) => ({ url: putUrl(storage, file), id: '1' }) });

/** Whether this build of the package supports `checksum: 'skip'`. */
export async function skipsChecksum(base, storage) {
  try {
    const gif = Uint8Array.from(atob('R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs='), (letter) => letter.charCodeAt(0));
    const [{ sha256 }] = await mediaferry(base, { checksum: 'skip' })([new File([gif], 'pixel.gif')], storage);
    return sha256 == null;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
