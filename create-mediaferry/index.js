#!/usr/bin/env node
// `npm create mediaferry my-app`: writes the template into a new folder.

import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const USAGE = `Usage: npm create mediaferry FOLDER [-- --mediaferry SPEC]

  FOLDER             the new app's folder; it must be new or empty
  --mediaferry SPEC  another version of mediaferry, or a tarball: anything that \`npm install\` accepts
`;
const TEMPLATE = fileURLToPath(new URL('template', import.meta.url));
const DEFAULT_FOLDER = 'my-app';

class UsageError extends Error {}

try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError) && !error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
  process.stderr.write(`create-mediaferry: ${error.message}\n\n${USAGE}`);
  process.exitCode = 1;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { mediaferry: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (positionals.length > 1) throw new UsageError(`there is one folder, not ${positionals.length}.`);
  const folder = resolve(positionals[0] ?? (await askForFolder()));
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new UsageError(`${folder} is not empty.`);
  write(folder, values.mediaferry);
  const place = relative(process.cwd(), folder);
  const steps = [...(place ? [`cd ${place}`] : []), 'npm install', 'npm run dev'];
  process.stdout.write(`\nCreated ${folder}. Next:\n\n${steps.map((step) => `  ${step}\n`).join('')}\n`);
  process.stdout.write('The app needs a gateway: its README says how to start one.\n');
}

async function askForFolder() {
  if (!process.stdin.isTTY) throw new UsageError('name the folder.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`Folder (${DEFAULT_FOLDER}): `);
  terminal.close();
  return answer.trim() || DEFAULT_FOLDER;
}

function write(folder, mediaferry) {
  cpSync(TEMPLATE, folder, { recursive: true });
  // npm leaves a file of this name out of a package.
  renameSync(join(folder, 'gitignore'), join(folder, '.gitignore'));
  const path = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  manifest.name = packageName(basename(folder));
  if (mediaferry)
    manifest.dependencies.mediaferry = existsSync(mediaferry) ? `file:${resolve(mediaferry)}` : mediaferry;
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The folder's name as npm accepts it: lower case, without spaces, not starting with a dot or an underscore. */
function packageName(folder) {
  return (
    folder
      .toLowerCase()
      .replaceAll(/[^a-z\d._-]+/g, '-')
      .replace(/^[._-]+/, '') || DEFAULT_FOLDER
  );
}
