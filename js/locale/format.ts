// Numbers, sizes and durations in a language.

import { pluralIn } from './plural.js';

/** A value of a violation: a number, a string or a list. */
export type Amount = number | string | string[] | null | undefined;

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

/** Returns formatters for one language, a BCP 47 tag. */
export function format(language: string) {
  const plural = pluralIn(language);
  const number = (value: Amount, digits = DIGITS) =>
    new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(Number(value));
  const inUnit = (value: Amount, unit: string) =>
    new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(Number(value));
  const unitOf = (limit: Amount) => UNITS.find(([, unit]) => Number(limit) >= unit && Number(limit) % unit === 0);
  return {
    number,
    plural: (count: Amount, forms: Parameters<typeof plural>[1]) => plural(Number(count), forms),
    /** A value with as many decimal places as it takes to differ from the limit: not "600 s; the maximum is 600 s". */
    differing: (actual: Amount, limit: Amount): string => {
      let digits = DIGITS;
      while (digits < MAX_DIGITS && number(actual, digits) === number(limit, digits)) digits += 1;
      return number(actual, digits);
    },
    /** A size and its limit in the unit of the limit, or both in bytes if they would look the same. */
    sizes: (actual: Amount, limit: Amount): [actual: string, limit: string] => {
      const unit = unitOf(limit);
      if (unit) {
        const [first, second] = [actual, limit].map((value) => number(Number(value) / unit[1], SIZE_DIGITS));
        if (first !== second) return [`${first} ${unit[0]}`, `${second} ${unit[0]}`];
      }
      return [inUnit(actual, 'byte'), inUnit(limit, 'byte')];
    },
    size: (limit: Amount): string => {
      const unit = unitOf(limit);
      return unit ? `${number(Number(limit) / unit[1])} ${unit[0]}` : inUnit(limit, 'byte');
    },
    list: (items: Amount): string => (Array.isArray(items) ? items.join(', ') : String(items)),
    duration: (millis: number): string =>
      millis % 60_000 === 0 ? inUnit(millis / 60_000, 'minute') : inUnit(Math.round(millis / 1000), 'second'),
  };
}
