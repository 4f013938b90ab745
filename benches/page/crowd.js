// 10,000 files: added, uploaded for a while, and cancelled, with a queue and with the element that draws one.

import { backend } from './contenders/mediaferry.js';
import { watchTasks } from './tasks.js';

/** How long the uploads run, and how long the element may draw afterwards. */
const RUNNING_MILLIS = 3_000;
const DRAWING_MILLIS = 1_000;

const PIXEL = Uint8Array.from(atob('R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs='), (letter) => letter.charCodeAt(0));

const makers = {
  async queue(base, options) {
    const { Uploader } = await import(`${base}/index.js`);
    return new Uploader(options);
  },
  async element(base, options) {
    await import(`${base}/element.js`);
    const element = document.createElement('media-ferry');
    Object.assign(element, { options, multiple: true });
    document.body.append(element);
    return element.uploader;
  },
};

/** Returns the milliseconds and the longest task of each step. `what` is `queue` or `element`. */
export async function measure(what, storage, { base, options }, count) {
  const { init, presignedPut } = await import(`${base}/index.js`);
  await init();
  const files = Array.from({ length: count }, (_, at) => new File([PIXEL], `${at}.gif`, { type: 'image/gif' }));
  const provider = presignedPut(backend(storage));
  const uploader = await makers[what](base, { ...options, provider, autoProceed: false });
  uploader.on('progress', () => {});
  let complete;
  const steps = {
    adding: () => uploader.addAll(files),
    uploading: () => {
      complete = uploader.start();
      return pause(RUNNING_MILLIS);
    },
    cancelling: () => {
      uploader.cancelAll();
      return complete;
    },
  };
  const results = {};
  // Ends the task that has created the files, before the first measurement.
  await pause(DRAWING_MILLIS);
  for (const [name, step] of Object.entries(steps)) results[name] = await watched(step);
  return results;
}

async function watched(step) {
  const tasks = watchTasks({ isTimed: false });
  const start = performance.now();
  await step();
  const millis = performance.now() - start;
  await pause(DRAWING_MILLIS);
  return { millis, task: await tasks.stop() };
}

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
