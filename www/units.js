// Bytes, seconds and lists as people write them.

// Kept: making one takes longer than all the rest of a card.
const formats = [0, 1, 2].map((digits) => new Intl.NumberFormat('en', { maximumFractionDigits: digits }));
const number = (value, digits) => formats[digits].format(value);

/** "0 bytes", "3.1 MB"; a round number of mebibytes, as some limits are, stays one. */
export function bytes(value) {
  const MIB = 1024 * 1024;
  if (value >= MIB && value % MIB === 0 && value % 1_000_000 !== 0) return `${number(value / MIB, 0)} MiB`;
  if (value < 1000) return value === 1 ? '1 byte' : `${value} bytes`;
  const [size, unit] = [
    [1e3, 'KB'],
    [1e6, 'MB'],
    [1e9, 'GB'],
  ].findLast(([size], at) => at === 0 || value >= size * 0.9995);
  return `${number(value / size, value < 10 * size ? 1 : 0)} ${unit}`;
}

/** A running time: "0.12 s", "0:12", "1:02:05". */
export function clock(seconds) {
  if (seconds < 1) return `${number(seconds, 2)} s`;
  const whole = Math.round(seconds);
  const two = (value) => String(Math.floor(value) % 60).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes}:${two(whole)}` : `${Math.floor(minutes / 60)}:${two(minutes)}:${two(whole)}`;
}

/** A length of time: "4 s", "2 min", "7 days". */
export function span(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 48 * 3600 ? `${number(seconds / 3600, 1)} h` : `${number(seconds / 86_400, 1)} days`;
}

/** "12 of 48 MB": both in the whole's unit. */
export function part(some, whole) {
  const unit = bytes(whole).split(' ').at(-1);
  const size = { KB: 1e3, MB: 1e6, GB: 1e9, MiB: 1024 * 1024 }[unit];
  return size ? `${number(some / size, whole < 10 * size ? 1 : 0)} of ${bytes(whole)}` : bytes(whole);
}

/** How often each value is in the list. */
export function tally(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
