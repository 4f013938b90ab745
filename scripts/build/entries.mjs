// The entries that a page can import: package.json's `exports`, with the pattern replaced by each language.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText, root } from '../lib/paths.mjs';

/** The languages by their tags: each is a file of js/locale/. */
export const LANGUAGES = readdirSync(join(root, 'js', 'locale')).flatMap(
  (file) => /^([a-z]{2}(?:-[A-Z]{2})?)\.ts$/.exec(file)?.[1] ?? [],
);

/** The entries that have types: `[path, { types, default }]`. */
export function typedEntries() {
  const { exports } = JSON.parse(readText('package.json'));
  const typed = Object.entries(exports).filter(([, target]) => target?.types);
  return typed.flatMap((entry) => {
    const text = JSON.stringify(entry);
    return text.includes('*') ? LANGUAGES.map((tag) => JSON.parse(text.replaceAll('*', tag))) : [entry];
  });
}
