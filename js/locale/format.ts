// Numbers, sizes and durations in a language.

import { pluralIn } from './plural.js';

/** A value of a violation: a number, a string or a list. */
export type Amount = number | string | string[] | null | undefined;

/** A value and its limit. */
interface Bounded {
  actual: Amount;
  limit: Amount;
}

/**
 * The formats in patterns such as `video/mp4` and `.mov`, as people know them: MP4, MOV. `null` if a pattern is no format, such as
 * `image/*`: without it, the list would be incomplete.
 */
export function formatsIn(patterns: Amount): string[] | null {
  if (!Array.isArray(patterns)) return null;
  const names = patterns.map((pattern) =>
    pattern
      .trim()
      .replace(/^.*[/.](x-)?/, '')
      .toUpperCase(),
  );
  return names.includes('*') ? null : [...new Set(names)];
}

/** The units in which providers state sizes. A limit is shown in the largest unit that divides it. */
const UNITS: [name: string, bytes: number][] = [
  ['GiB', 2 ** 30],
  ['GB', 1e9],
  ['MiB', 2 ** 20],
  ['MB', 1e6],
  ['KiB', 2 ** 10],
  ['kB', 1e3],
];

/** The maximum number of decimal places of a size. If that is not enough, it is shown in bytes. */
const SIZE_DIGITS = 2;
const DIGITS = 3;
const MAX_DIGITS = 12;

/**
 * Returns formatters for one language, a BCP 47 tag.
 * @param inUnit a number and its unit
 * @param type how the items of a list are joined: `unit` is "A, B, C", and `conjunction` "A, B, and C"
 */
export function format(
  language: string,
  inUnit = (value: string, unit: string) => `${value} ${unit}`,
  type: Intl.ListFormatType = 'unit',
) {
  const plural = pluralIn(language);
  const number = (value: Amount, maximumFractionDigits = DIGITS, options: Intl.NumberFormatOptions = {}) =>
    new Intl.NumberFormat(language, { maximumFractionDigits, ...options }).format(Number(value));
  const spelled = (value: Amount, unit: string, digits = 0) =>
    number(value, digits, { style: 'unit', unit, unitDisplay: 'long' });
  const sizeIn = (limit: Amount) => {
    const unit = UNITS.find(([, bytes]) => Number(limit) >= bytes && Number(limit) % bytes === 0);
    return (value: Amount) =>
      unit ? inUnit(number(Number(value) / unit[1], SIZE_DIGITS), unit[0]) : spelled(value, 'byte');
  };
  return {
    number,
    spelled,
    plural: (count: Amount, forms: Parameters<typeof plural>[1]) => plural(Number(count), forms),
    /** A value with as many decimal places as it takes to differ from the limit: not "600 s; the maximum is 600 s". */
    differing: ({ actual, limit }: Bounded, text: (value: Amount, digits?: number) => string): string[] => {
      let digits = DIGITS;
      while (digits < MAX_DIGITS && number(actual, digits) === number(limit, digits)) digits += 1;
      return [text(actual, digits), text(limit)];
    },
    /** A size and its limit in the unit of the limit, or both in bytes if they would look the same. */
    sizes: ({ actual, limit }: Bounded): string[] => {
      const both = [actual, limit].map(sizeIn(limit));
      return both[0] === both[1] ? [actual, limit].map(sizeIn(1)) : both;
    },
    size: (limit: Amount): string => sizeIn(limit)(limit),
    list: (items: Amount): string =>
      Array.isArray(items) ? new Intl.ListFormat(language, { type }).format(items) : String(items),
    duration: (millis: number): string =>
      millis % 60_000 === 0 ? spelled(millis / 60_000, 'minute') : spelled(millis / 1000, 'second'),
  };
}
