// Plural forms of a language.

/** The noun for each plural category that the language has. */
export type Forms = { [Category in Intl.LDMLPluralRule]?: string } & { other: string };

/** Returns a function that formats a number with the form for it: `plural(1, { one: 'file', other: 'files' })`. */
export function pluralIn(language: string): (count: number, forms: Forms) => string {
  return (count, forms) => {
    const category = new Intl.PluralRules(language).select(count);
    return `${new Intl.NumberFormat(language).format(count)} ${forms[category] ?? forms.other}`;
  };
}
