// Makes a consumer's folder as a person would: a package.json, a page, a source, and `npm install`.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './tools.mjs';

const APP = new URL('app/', import.meta.url);

/** The shared source, which imports the package by this name or address. */
export const consumer = (imports = 'mediaferry') =>
  readFileSync(new URL('consumer.js', APP), 'utf8').replace("'mediaferry'", JSON.stringify(imports));

/** The page that loads `script`. */
export const page = (script) => `<!doctype html>
<title>consumer</title>
<link rel="icon" href="data:,">
<body>
<script type="module" src="${script}"></script>
</body>`;

/** Installs the tarball and these tools into `folder`, and gives it. */
export async function install(folder, tarball, tools) {
  const dependencies = { mediaferry: `file:${tarball}`, ...tools };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }));
  const quick = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  await run(['npm', 'install', ...quick], folder);
  return folder;
}

/** Writes a consumer's own files into its folder. */
export function writeApp(folder, { project, imports, page: script, html = 'index.html' }) {
  const write = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('src/main.js', readFileSync(new URL('main.js', APP)));
  if (project) cpSync(new URL(project, APP), folder, { recursive: true });
  write('src/consumer.js', consumer(imports));
  if (script) write(html, page(script));
}
