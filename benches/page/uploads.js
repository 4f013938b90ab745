// Uploads with one of the contenders, and measures the time.

import { bareFetch, bareParts, bareXhr } from './contenders/bare.js';
import { allAtOnce, inParts, mediaferry, skipsChecksum } from './contenders/mediaferry.js';
import { tus } from './contenders/tus.js';
import { uppyAwsS3, uppyXhrUpload } from './contenders/uppy.js';
import { watchTasks } from './tasks.js';

export { skipsChecksum };

const PEERS = {
  'bare fetch, 4 at once': bareFetch(4),
  'bare fetch, 6 at once': bareFetch(6),
  'bare XHR, 4 at once': bareXhr(4),
  'bare XHR, 6 at once': bareXhr(6),
  'bare XHR, all at once': bareXhr(1000),
  'bare parts, hashed, 4 at once': bareParts(4),
  'Uppy aws-s3': uppyAwsS3,
  'Uppy xhr-upload': uppyXhrUpload,
  'tus, 6 at once': tus(6),
};

/** The names of the other contenders. */
export const peers = () => Object.keys(PEERS).filter((name) => !name.includes('all at once'));

/**
 * Uploads all files of an input to an origin. `contender` has the name of a peer, or the `base`, `options`, `atOnce` and
 * `parts` of a package.
 * Returns the milliseconds, the start time, and the longest task of the main thread. With `isFirst`, the core of the package is
 * not loaded before the measurement.
 */
export async function measure(input, storage, { name, base, options, atOnce, parts, isFirst }) {
  const files = [...input.files];
  const byPackage = parts ? inParts : atOnce ? allAtOnce : mediaferry;
  const upload = PEERS[name] ?? byPackage(base, options);
  const core = base && (await import(`${base}/index.js`));
  if (core && !isFirst) await core.init();
  const tasks = watchTasks();
  const start = performance.now();
  await upload(files, storage);
  const millis = performance.now() - start;
  return { millis, startedAt: start, task: await tasks.stop() };
}
