// `npm run compare`: measures what a page downloads with mediaferry and with its peers, and writes the tables of README.md and
// docs/guides/comparison.md. The peers are installed into .cache/peers, in these versions, and bundled with esbuild.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { buildPackage } from './build.mjs';
import { dist, root } from './lib/paths.mjs';
import { CommandError, must } from './lib/run.mjs';
import { isMain, runScript, say } from './lib/say.mjs';

const VERSIONS = {
  '@uppy/aws-s3': '6.3.1',
  '@uppy/core': '6.3.1',
  '@uppy/dashboard': '6.0.3',
  'file-type': '22.3.0',
  filepond: '4.32.12',
  'hash-wasm': '4.13.0',
  'image-size': '2.1.0',
  mediabunny: '1.61.0',
  'tus-js-client': '4.3.1',
  uploadthing: '7.7.4',
};

/** The code that imports each library. */
const GLUE = {
  '@uppy/core': "export { default } from '@uppy/core';",
  '@uppy/aws-s3': "export { default as AwsS3 } from '@uppy/aws-s3';",
  'hash-wasm': "export { createSHA256 } from 'hash-wasm';",
  'file-type': "export { fileTypeFromBlob } from 'file-type';",
  'image-size': "export { imageSize } from 'image-size';",
  mediabunny: "export { ALL_FORMATS, BlobSource, Input } from 'mediabunny';",
};
const UPPY = `${GLUE['@uppy/core']}\n${GLUE['@uppy/aws-s3']}`;
const DASHBOARD = `${UPPY}
export { default as Dashboard } from '@uppy/dashboard';
import '@uppy/core/css/style.min.css';
import '@uppy/dashboard/css/style.min.css';`;
const CORE = ['client.js', 'core.wasm', 'worker.js'];

// Each row: the code that is bundled, and the files of dist/ that the first upload of a JPEG loads in addition.
const ROWS = [
  { name: '**mediaferry**: `upload`', code: `export { upload } from '${dist}/index.js';`, loads: CORE },
  { name: '**mediaferry**: `<media-ferry>`', code: `import '${dist}/element.js';`, loads: [...CORE, 'providers.js'] },
  { name: 'Uppy: core, aws-s3', code: UPPY },
  { name: 'Uppy: core, aws-s3, dashboard, CSS', code: DASHBOARD },
  {
    name: 'Uppy: core, aws-s3, and hash-wasm, file-type, image-size, mediabunny',
    code: Object.values(GLUE).join('\n'),
  },
  { name: 'FilePond, CSS', code: "export * from 'filepond';\nimport 'filepond/dist/filepond.min.css';" },
  { name: 'UploadThing: `genUploader`', code: "export { genUploader } from 'uploadthing/client';" },
  { name: 'tus-js-client', code: "export { Upload } from 'tus-js-client';" },
];

const PIECES = Object.entries(GLUE).map(([name, code]) => ({ name, code }));

const compressed = (bytes) => brotliCompressSync(bytes).length;
const sizeOf = (names) => names.reduce((sum, name) => sum + compressed(readFileSync(join(dist, name))), 0);

/** Returns `{ name, eager, all }`, in bytes after brotli. */
async function measure({ name, loads = [], code }, peers) {
  const eager = await bundled(code, peers);
  return { name, eager, all: eager + sizeOf(loads) };
}

/** Returns the size of what a page loads that imports this: the script, its static imports, and its style sheet. */
export async function bundled(contents, resolveDir) {
  const { build } = await import('esbuild');
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir },
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    metafile: true,
    minify: true,
    write: false,
    outdir: join(root, 'bundle'),
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const loaded = new Set(['bundle/stdin.js', 'bundle/stdin.css']);
  for (const path of loaded)
    for (const { path: other, kind } of metafile.outputs[path]?.imports ?? [])
      if (kind === 'import-statement') loaded.add(other);
  const files = outputFiles.filter(({ path }) => loaded.has(relative(root, path)));
  return files.reduce((sum, { contents }) => sum + compressed(contents), 0);
}

/** Installs the peers, unless they are installed in these versions; returns their folder. */
export async function installPeers() {
  const folder = join(root, '.cache', 'peers');
  const path = join(folder, 'package.json');
  const manifest = JSON.stringify({ private: true, dependencies: VERSIONS }, null, 2);
  if (existsSync(path) && readFileSync(path, 'utf8') === manifest && existsSync(join(folder, 'node_modules')))
    return folder;
  say('installing the peers');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, manifest);
  await must(['npm', 'install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  return folder;
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

/** Returns a table of the results; without the second column, if nothing is loaded later. */
export function table(results, heading) {
  const isPlain = results.every(({ eager, all }) => eager === all);
  const rows = results.map(({ name, eager, all }) => [name, kilobytes(eager), ...(isPlain ? [] : [kilobytes(all)])]);
  const head = [heading, ...(isPlain ? ['brotli'] : ['the script', 'in total, for one upload'])];
  const line = head.map((_, at) => (at === 0 ? '---' : '--:'));
  return [head, line, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Returns `document` with the text between its two comments replaced. */
export function fill(document, name, text) {
  const place = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);
  if (!place.test(document)) throw new CommandError(`the document has no place for ${name}.`);
  return document.replace(place, (_, start, end) => `${start}${text}\n${end}`);
}

/** The peers with their versions, as text. */
export const versionsOfPeers = () => Object.entries(VERSIONS).map(([name, version]) => `${name} ${version}`);

if (isMain(import.meta)) {
  await runScript(async () => {
    await buildPackage();
    const peers = await installPeers();
    const all = (rows) => Promise.all(rows.map((row) => measure(row, peers)));
    const texts = {
      sizes: table(await all(ROWS), 'brotli, smaller is better'),
      pieces: table(await all(PIECES), 'piece'),
      versions: `${versionsOfPeers().join(', ')}.`,
    };
    for (const [path, names] of Object.entries({
      'README.md': ['sizes'],
      'docs/guides/comparison.md': ['sizes', 'pieces', 'versions'],
    })) {
      const file = join(root, path);
      const document = names.reduce((text, name) => fill(text, name, texts[name]), readFileSync(file, 'utf8'));
      writeFileSync(file, document);
    }
    console.log(`${texts.sizes}\n\n${texts.pieces}`);
  });
}
