// What the tests of the queue share: files, real timers, a scripted core, and recorded events.

import { readFileSync } from 'node:fs';
import { bundledWithScript } from './scripted.mjs';

export const url = (number) => `https://example.test/${number}.png`;
export const jpeg = readFileSync(new URL('../../fixtures/e2e/cat.jpg', import.meta.url));
export const png = new File([new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10])], 'a.png', { type: 'image/png' });

const { setTimeout } = globalThis;

/** Restores real timers for this test. */
export function useRealTimers(t) {
  const shortened = globalThis.setTimeout;
  globalThis.setTimeout = setTimeout;
  t.after(() => {
    globalThis.setTimeout = shortened;
  });
}

/** The queue with a scripted core, and the calls that it makes. */
export async function scripted() {
  const { Uploader, script } = await bundledWithScript("export { Uploader } from './queue/uploader.js'");
  const [calls, described] = [[], []];
  script.called = (call) => calls.push(call);
  script.described = (...facts) => described.push(facts);
  return { Uploader, calls, described };
}

/** Records the events with these names, each with its arguments. */
export function record(uploader, ...names) {
  const events = [];
  for (const name of names) uploader.on(name, (...args) => events.push([name, ...args]));
  return events;
}

export const ended = (uploader) => new Promise((resolve) => uploader.on('complete', resolve, { once: true }));
