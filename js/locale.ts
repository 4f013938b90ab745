// Loads a language by its tag.

import type { Translation } from './locale/translation.js';

export type { Translation };

// Each import is written out, because bundlers do not find a module of a package by an expression.
const LANGUAGES: Record<string, () => Promise<{ default: Translation }>> = {
  ar: () => import('./locale/ar.js'),
  de: () => import('./locale/de.js'),
  en: () => import('./locale/en.js'),
  es: () => import('./locale/es.js'),
  fr: () => import('./locale/fr.js'),
  he: () => import('./locale/he.js'),
  hi: () => import('./locale/hi.js'),
  id: () => import('./locale/id.js'),
  it: () => import('./locale/it.js'),
  ja: () => import('./locale/ja.js'),
  ko: () => import('./locale/ko.js'),
  nl: () => import('./locale/nl.js'),
  pl: () => import('./locale/pl.js'),
  'pt-BR': () => import('./locale/pt-BR.js'),
  ru: () => import('./locale/ru.js'),
  th: () => import('./locale/th.js'),
  tr: () => import('./locale/tr.js'),
  uk: () => import('./locale/uk.js'),
  vi: () => import('./locale/vi.js'),
  'zh-CN': () => import('./locale/zh-CN.js'),
  'zh-TW': () => import('./locale/zh-TW.js'),
};

/** The tags of all languages: `'de'`, `'pt-BR'`, and so on. */
export const languages: readonly string[] = Object.keys(LANGUAGES);

/**
 * Loads the first of the preferred languages that the package has. English if it has none of them. A region is ignored:
 * Austrian German is German, and every Portuguese is Brazilian. Chinese is chosen by its script.
 * @param preferred BCP 47 tags, the most wanted first; an invalid one is ignored
 * @example
 * ```ts
 * const { messages, labels } = await loadLanguage(navigator.languages);
 * ```
 */
export async function loadLanguage(preferred: string | readonly string[]): Promise<Translation> {
  const found = [preferred]
    .flat()
    .map(match)
    .find((tag) => tag !== undefined);
  const { default: translation } = await (LANGUAGES[found ?? 'en'] as (typeof LANGUAGES)[string])();
  return translation;
}

/** The tag of the language and the script that the most people with this tag read. */
function match(preferred: string): string | undefined {
  try {
    const { language, script } = new Intl.Locale(preferred).maximize();
    return languages.find((tag) => {
      const ours = new Intl.Locale(tag).maximize();
      return ours.language === language && ours.script === script;
    });
  } catch {
    return undefined;
  }
}
