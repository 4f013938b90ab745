// Medians, spreads and ratios of alternating runs.

/** Returns the median. */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * Returns the median of the ratios of `times` to another's times, run by run, because other programs slow down both.
 */
export const ratio = (times, others) => median(times.map((time, run) => time / others[run]));

/** Returns the times with the smallest median. */
export const fastest = (lists) => lists.toSorted((a, b) => median(a) - median(b))[0];

/**
 * Measures each contender in each run, and returns the results of each by its name. Each run starts with a different one, so that
 * none always follows the same.
 */
export async function alternating(contenders, runs, measure) {
  const results = new Map(contenders.map(({ name }) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const at of contenders.keys()) {
      const contender = contenders[(at + run) % contenders.length];
      results.get(contender.name).push(await measure(contender, run));
    }
  }
  return results;
}

/** Milliseconds as text. */
export const asMillis = (millis) => (millis >= 10_000 ? `${(millis / 1000).toFixed(1)} s` : `${digits(millis)} ms`);

/** A median with the minimum and the maximum, in milliseconds. */
export function asSpread(times) {
  const [least, most] = [Math.min(...times), Math.max(...times)];
  return `${asMillis(median(times))} (${digits(least)}–${digits(most)})`;
}

const digits = (millis) => millis.toFixed(millis < 10 ? 1 : 0);

/** Bytes as text. */
export const asMebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`;
