// Writes each example of the documents as a page, which runs against the sandbox that serves it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, parts } from '../../tests/docs/blocks.mjs';

/** Their folder on the site. */
export const EXAMPLES = 'examples';

/** A script that shows what an example logs and throws. */
const CONSOLE = `const { log } = console;
const show = (text) => {
  const line = document.createElement('pre');
  line.textContent = text;
  document.body.append(line);
};
console.log = (...words) => {
  log(...words);
  show(words.join(' '));
};
addEventListener('error', ({ message }) => show(message));
addEventListener('unhandledrejection', ({ reason }) => show(String(reason)));
`;
const STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
pre { margin: 0.5em 0; white-space: pre-wrap; overflow-wrap: anywhere; }
`;

/** Writes the page of an example into the folder; returns its path on the site. */
export async function writeExample(folder, example, name) {
  const { html, scripts } = parts(example, name);
  const head = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Example</title><link rel="stylesheet" href="example.css">
<script src="example.js"></script>
<body>
`;
  writeFileSync(join(folder, 'example.css'), STYLE);
  writeFileSync(join(folder, 'example.js'), CONSOLE);
  writeFileSync(join(folder, `${name}.html`), `${head}${html}\n`);
  for (const [number, script] of scripts.entries())
    writeFileSync(join(folder, `${name}-${number}.js`), await bundle(script, example.language));
  return `${EXAMPLES}/${name}.html`;
}
