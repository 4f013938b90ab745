// Numbers, sizes and plural forms of a language.

/** What a violation counts: a number, or text or a list if it is none. */
export type Amount = number | string | string[] | null | undefined;

/** The noun for each plural category that the language has. */
export type Forms = { [Category in Intl.LDMLPluralRule]?: string } & { other: string };

/** Sizes as providers state them: a limit is shown in the largest of these units that divides it. */
const UNITS: [name: string, bytes: number][] = [
  ['GiB', 2 ** 30],
  ['GB', 1e9],
  ['MiB', 2 ** 20],
  ['MB', 1e6],
  ['KiB', 2 ** 10],
  ['kB', 1e3],
];

/** More digits than this in a size mean that bytes say it better. */
const SIZE_DIGITS = 2;
const DIGITS = 3;
const MOST_DIGITS = 12;

/** Formats for one language, a BCP 47 tag. */
export function format(language: string) {
  const rules = new Intl.PluralRules(language);
  const number = (value: Amount, digits = DIGITS) =>
    new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(Number(value));
  const plural = (count: Amount, forms: Forms) =>
    `${number(count)} ${forms[rules.select(Number(count))] ?? forms.other}`;
  const bytes = (value: Amount) => plural(value, { one: 'byte', other: 'bytes' });
  const unitOf = (limit: Amount) => UNITS.find(([, unit]) => Number(limit) >= unit && Number(limit) % unit === 0);
  /** With as many digits as it takes to differ from the limit: "600 s; the maximum is 600 s" makes no sense. */
  const differing = (actual: Amount, limit: Amount) => {
    let digits = DIGITS;
    while (digits < MOST_DIGITS && number(actual, digits) === number(limit, digits)) digits += 1;
    return number(actual, digits);
  };
  /** A size and its limit in the limit's unit, or both in bytes if they would look the same. */
  const sizes = (actual: Amount, limit: Amount): [actual: string, limit: string] => {
    const unit = unitOf(limit);
    if (unit) {
      const [first, second] = [actual, limit].map((value) => number(Number(value) / unit[1], SIZE_DIGITS));
      if (first !== second) return [`${first} ${unit[0]}`, `${second} ${unit[0]}`];
    }
    return [bytes(actual), bytes(limit)];
  };
  return {
    number,
    differing,
    plural,
    sizes,
    size: (limit: Amount) => {
      const unit = unitOf(limit);
      return unit ? `${number(Number(limit) / unit[1])} ${unit[0]}` : bytes(limit);
    },
    list: (items: Amount) => (Array.isArray(items) ? items.join(', ') : String(items)),
    duration: (millis: number) =>
      millis % 60_000 === 0
        ? plural(millis / 60_000, { one: 'minute', other: 'minutes' })
        : plural(Math.round(millis / 1000), { one: 'second', other: 'seconds' }),
  };
}
