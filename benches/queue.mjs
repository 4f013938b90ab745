// A queue of 10,000 files: whether the page stays responsive while they are added, uploaded and cancelled.

import { watch } from './watch.mjs';

const FILES = 10_000;
const RUNNING_MILLIS = 3_000;

/** Fills a queue, lets it run for a while and cancels the rest; gives the rows for the table. */
export async function benchQueue(tab) {
  await tab.page.evaluate(pick, FILES);
  const steps = { 'adding 10,000 files': add, 'uploading them': run, 'cancelling the rest': cancel };
  const rows = [];
  for (const [what, step] of Object.entries(steps)) {
    const watching = await watch(tab.page);
    const millis = await tab.page.evaluate(step, FILES, RUNNING_MILLIS);
    const { task, heap } = await watching.stop();
    rows.push({
      what: `longest task: ${what}`,
      ours: task > 0 ? `${task.toFixed(0)} ms` : 'none > 50 ms',
      peer: `of ${(millis / 1000).toFixed(2)} s`,
      result: `${(heap / FILES / 1024).toFixed(1)} KiB each`,
      bar: '≤ 50 ms',
      ok: task <= 50,
    });
  }
  return rows;
}

/** Runs in the page. */
async function pick(count) {
  const { Uploader } = await import('/mediaferry/index.js');
  const pixel = Uint8Array.from(atob('R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs='), (char) => char.charCodeAt());
  globalThis.files = Array.from(
    { length: count },
    (_, number) => new File([pixel], `${number}.gif`, { type: 'image/gif' }),
  );
  globalThis.uploader = new Uploader({ provider: 'relaydance', autoProceed: false });
  globalThis.uploader.on('progress', () => {});
}

/** Runs in the page. */
async function add() {
  const start = performance.now();
  await globalThis.uploader.addAll(globalThis.files);
  return performance.now() - start;
}

/** Runs in the page. */
async function run(_, millis) {
  globalThis.complete = globalThis.uploader.start();
  await new Promise((resolve) => setTimeout(resolve, millis));
  return millis;
}

/** Runs in the page. */
async function cancel() {
  const start = performance.now();
  globalThis.uploader.cancelAll();
  await globalThis.complete;
  return performance.now() - start;
}
