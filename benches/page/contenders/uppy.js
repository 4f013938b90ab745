// Uppy with its defaults: it neither reads the content of a file nor hashes it.

import AwsS3 from '@uppy/aws-s3';
import Uppy from '@uppy/core';
import XHRUpload from '@uppy/xhr-upload';
import { putUrl } from './urls.js';

/** Presigned PUTs; above 100 MiB, multipart. */
export const uppyAwsS3 = (files, storage) =>
  run(files, (uppy) => {
    const urls = new Map();
    const signRequest = async ({ method, key, uploadId, partNumber }) => {
      if (!urls.has(key)) urls.set(key, putUrl(storage, { name: key }));
      const [url] = urls.get(key).split('?');
      if (method === 'POST') return { url: uploadId ? `${url}?uploadId=${uploadId}` : `${url}?uploads` };
      return { url: partNumber ? `${url}?partNumber=${partNumber}` : urls.get(key) };
    };
    uppy.use(AwsS3, { signRequest });
  });

/** A form for each file. */
export const uppyXhrUpload = (files, storage) =>
  run(files, (uppy) => uppy.use(XHRUpload, { endpoint: `${storage}/form` }));

async function run(files, configure) {
  const uppy = new Uppy();
  configure(uppy);
  uppy.addFiles(files.map((file) => ({ name: file.name, type: file.type, data: file })));
  const { successful, failed } = await uppy.upload();
  if (successful.length !== files.length) throw new Error(`Uppy: ${failed[0]?.error}`);
  uppy.destroy();
}
