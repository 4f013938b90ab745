// From a file to the arrival of its first byte.

import { measure } from './uploads.js';

/** Uploads the first file of an input. Returns the milliseconds until its first byte arrived. */
export async function untilFirstByte(input, storage, contender) {
  await fetch(`${storage}/received`, { method: 'DELETE' });
  const offset = await clockOffset(storage);
  const { startedAt } = await measure(input, storage, contender);
  const { firstByte } = await (await fetch(`${storage}/received`)).json();
  return firstByte / 1000 - (performance.timeOrigin + startedAt + offset);
}

/** Returns how many milliseconds the server's clock is ahead, computed from the fastest of several requests. */
async function clockOffset(storage) {
  const samples = [];
  for (let count = 0; count < 5; count += 1) {
    const start = performance.now();
    const time = Number(await (await fetch(`${storage}/clock`)).text()) / 1000;
    const end = performance.now();
    samples.push({ trip: end - start, offset: time - performance.timeOrigin - (start + end) / 2 });
  }
  return samples.toSorted((a, b) => a.trip - b.trip)[0].offset;
}
