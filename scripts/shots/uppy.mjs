// Takes pictures of Uppy's Dashboard in the states of <media-ferry>, with the same files, on a page of the same style.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { listenFor } from '../../tests/loopback.mjs';
import { installPeers } from '../compare.mjs';
import { root } from '../lib/paths.mjs';
import { during, launch } from './browser.mjs';
import { photograph } from './photograph.mjs';
import { mixed, slow, thirty, tooMany } from './states.mjs';

const REJECTED = /notes\.jpg|holiday\.heic|narrow\.png/;
const LIMITS = { maxNumberOfFiles: 9 };

const STATES = {
  empty: { restrictions: LIMITS, files: [] },
  full: { restrictions: LIMITS, files: mixed },
  uploading: { restrictions: LIMITS, files: slow, isSlow: true },
  thirty: { restrictions: { maxNumberOfFiles: 40 }, files: thirty },
  refused: { restrictions: { maxNumberOfFiles: 3, maxFileSize: 1_000_000 }, files: tooMany },
};

const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript' };

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="page.css">
<link rel="stylesheet" href="stdin.css">
<main><h1>A form</h1><label>A picture</label><div id="dashboard"></div></main>
<script type="module" src="stdin.js"></script>`;

const SCRIPT = `
import Uppy from '@uppy/core';
import Dashboard from '@uppy/dashboard';
import XHRUpload from '@uppy/xhr-upload';
import '@uppy/core/css/style.min.css';
import '@uppy/dashboard/css/style.min.css';

globalThis.start = (restrictions, endpoint) => {
  globalThis.uppy = new Uppy({ restrictions, autoProceed: true })
    .use(Dashboard, { inline: true, target: '#dashboard', width: '100%', theme: 'auto', note: 'Up to 9 images' })
    .use(XHRUpload, { endpoint });
};`;

await during(async (life) => {
  const url = await startServer(life, await bundle());
  const browser = await launch(life);
  for (const [name, { restrictions, files, isSlow }] of Object.entries(STATES)) {
    await photograph(life, browser, url, `uppy-${name}`, async (tab) => {
      await tab.page.evaluate((...args) => globalThis.start(...args), restrictions, isSlow ? '/slow' : '/upload');
      const input = await tab.page.waitForSelector('.uppy-Dashboard-input');
      if (files.length > 0) await input.uploadFile(...tab.save(files));
      await new Promise((resolve) => setTimeout(resolve, 3_000));
    });
  }
});

/** The files that the page loads, by path. */
async function bundle() {
  const peers = await installPeers();
  const { outputFiles } = await build({
    stdin: { contents: SCRIPT, resolveDir: root },
    nodePaths: [join(peers, 'node_modules')],
    bundle: true,
    write: false,
    outdir: join(root, 'shots'),
    format: 'esm',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const style = readFileSync(join(root, 'tests', 'e2e', 'element', 'page.css'));
  const files = outputFiles.map(({ path, contents }) => [path.slice(join(root, 'shots').length), contents]);
  return { '/': PAGE, '/page.css': style, ...Object.fromEntries(files) };
}

/** Serves these files and accepts uploads. It rejects some names, and never completes the slow one. */
async function startServer(life, files) {
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      const [, extension = 'html'] = request.url.split('.');
      const body = files[request.url];
      return response.writeHead(body ? 200 : 404, { 'content-type': TYPES[extension] ?? 'image/png' }).end(body);
    }
    if (request.url === '/slow') return;
    const chunks = await request.toArray();
    const isRejected = REJECTED.test(Buffer.concat(chunks).subarray(0, 2_000).toString('latin1'));
    response.writeHead(isRejected ? 422 : 200, { 'content-type': 'application/json' }).end('{"url":"/file"}');
  });
  return await listenFor(life, server);
}
