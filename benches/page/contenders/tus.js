// tus. Its client has no queue, so the page decides how many files are uploaded at a time.

import { Upload } from 'tus-js-client';
import { each } from './bare.js';

/** A POST and a PATCH for each file. */
export const tus = (atOnce) => async (files, storage) =>
  await each(files, atOnce, (file) => {
    return new Promise((resolve, reject) => {
      const upload = new Upload(file, {
        endpoint: `${storage}/tus`,
        metadata: { filename: file.name, filetype: file.type },
        storeFingerprintForResuming: false,
        onSuccess: resolve,
        onError: reject,
      });
      upload.start();
    });
  });
