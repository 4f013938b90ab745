// Plural forms of a language.

/** The noun for each plural category that the language has. */
export type Forms = { [Category in Intl.LDMLPluralRule]?: string } & { other: string };

/** Returns a function that formats a number with the form for it: `plural(1, { one: 'file', other: 'files' })`. */
export function pluralIn(language: string): (count: number, forms: Forms) => string {
  // Created once, because the element's labels change with every progress, and creating a formatter is slow.
  let rules: Intl.PluralRules | undefined;
  let numbers: Intl.NumberFormat | undefined;
  return (count, forms) => {
    rules ??= new Intl.PluralRules(language);
    numbers ??= new Intl.NumberFormat(language);
    return `${numbers.format(count)} ${forms[rules.select(count)] ?? forms.other}`;
  };
}
