// Medians, spreads and ratios of alternating runs.

/** The middle one of some numbers, or the mean of the two in the middle. */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * How many times `times` another's are, run by run: what else the machine does slows both down. The median.
 */
export const ratio = (times, others) => median(times.map((time, run) => time / others[run]));

/** The times of one of several, whose median is the smallest. */
export const fastest = (lists) => lists.toSorted((a, b) => median(a) - median(b))[0];

/**
 * Measures each contender in each run, and returns the results of each by its name. Each run begins with another one, so that none
 * always follows the same.
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

/** A median and the whole spread around it, in milliseconds. */
export function asSpread(times) {
  const [least, most] = [Math.min(...times), Math.max(...times)];
  return `${asMillis(median(times))} (${digits(least)}–${digits(most)})`;
}

const digits = (millis) => millis.toFixed(millis < 10 ? 1 : 0);

/** Bytes as text. */
export const asMebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`;
