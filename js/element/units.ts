// Formats sizes, rates and durations in a language.

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];

/** "512 bytes", "3.1 MB"; with `per`, "3.1 MB/s". */
export function bytes(value: number, language: string, per = ''): string {
  const at = [1e3, 1e6, 1e9].filter((size) => value >= size * 0.9995).length;
  const scaled = value / 1000 ** at;
  return format(scaled, `${UNITS[at]}${per}`, at > 0 && scaled < 10 ? 1 : 0, language);
}

/** "8.1 MB/s" */
export function rate(bytesPerSecond: number, language: string): string {
  return bytes(bytesPerSecond, language, '-per-second');
}

/** "4 sec", "2 min", "1.5 hr" */
export function span(seconds: number, language: string): string {
  if (seconds < 90) return format(Math.max(1, seconds), 'second', 0, language);
  if (seconds < 5400) return format(seconds / 60, 'minute', 0, language);
  return format(seconds / 3600, 'hour', 1, language);
}

// Cached, because creating a formatter is slow.
const formats = new Map<string, Intl.NumberFormat>();

function format(value: number, unit: string, digits: number, language: string): string {
  const key = `${language} ${unit} ${digits}`;
  let format = formats.get(key);
  if (!format) {
    const unitDisplay = unit === 'byte' ? 'long' : 'short';
    format = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay, maximumFractionDigits: digits });
    formats.set(key, format);
  }
  // No line break between a number and its unit.
  return format.format(value).replaceAll(' ', '\u00a0');
}
