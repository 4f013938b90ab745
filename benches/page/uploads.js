// Uploads by one of the contenders, and how long that takes.

import { bareFetch, bareXhr } from './contenders/bare.js';
import { mediaferry, skipsChecksum } from './contenders/mediaferry.js';
import { tus } from './contenders/tus.js';
import { uppyAwsS3, uppyXhrUpload } from './contenders/uppy.js';
import { watchTasks } from './tasks.js';

export { skipsChecksum };

const PEERS = {
  'bare fetch, 4 at once': bareFetch(4),
  'bare fetch, 6 at once': bareFetch(6),
  'bare XHR, 4 at once': bareXhr(4),
  'bare XHR, 6 at once': bareXhr(6),
  'Uppy aws-s3': uppyAwsS3,
  'Uppy xhr-upload': uppyXhrUpload,
  'tus, 6 at once': tus(6),
};

/** The names of the contenders beside the package. */
export const peers = Object.keys(PEERS);

/**
 * Uploads all files of an input to an origin. `contender` has the name of a peer, or the `base` and `options` of a package.
 * Gives the milliseconds, and those of the longest task of the main thread meanwhile.
 */
export async function measure(input, storage, { name, base, options }) {
  const files = [...input.files];
  const upload = PEERS[name] ?? mediaferry(base, options);
  if (base) await (await import(`${base}/index.js`)).init();
  const tasks = watchTasks();
  const start = performance.now();
  await upload(files, storage);
  const millis = performance.now() - start;
  return { millis, task: await tasks.stop() };
}
