// The same by Uppy, with S3 multipart uploads and Golden Retriever.

import AwsS3 from '@uppy/aws-s3';
import Uppy from '@uppy/core';
import GoldenRetriever from '@uppy/golden-retriever';

/** Longer than Uppy takes to restore what it has kept. */
const RESTORE_MILLIS = 1_000;

let uppy;
let running;
let restored;

/** `storage` signs requests; `chunkBytes` is the size of parts, if not Uppy's own. */
export function open({ storage, chunkBytes }) {
  uppy = new Uppy();
  restored = new Promise((resolve) => {
    uppy.once('restored', resolve);
    setTimeout(resolve, RESTORE_MILLIS);
  });
  uppy.use(GoldenRetriever);
  uppy.use(AwsS3, {
    shouldUseMultipart: true,
    ...(chunkBytes && { getChunkSize: () => chunkBytes }),
    signRequest: async (request) =>
      (await fetch(`${storage}/sign`, { method: 'POST', body: JSON.stringify(request) })).json(),
  });
}

/** Adds the file of an input. If it is one that was interrupted, its upload is continued, as Uppy's status bar does. */
export async function pick(input) {
  await restored;
  const [file] = input.files;
  const start = performance.now();
  running = new Promise((resolve) => {
    uppy.on('upload-success', () => resolve({ millis: performance.now() - start }));
    uppy.on('upload-error', (_, error) => resolve({ error: error.message, millis: performance.now() - start }));
  });
  uppy.addFile({ name: file.name, type: file.type, data: file });
  const isContinued = uppy.getState().recoveredState && !uppy.getFiles().some(({ isGhost }) => isGhost);
  if (isContinued) {
    uppy.emit('restore-confirmed');
    return;
  }
  // A file that it asks for keeps it from uploading others.
  for (const { id, isGhost } of uppy.getFiles()) if (isGhost) uppy.removeFile(id);
  uppy.upload().catch(() => {});
}

/** How the upload has ended; `undefined` until then. */
export const result = () => Promise.race([running, undefined]);
