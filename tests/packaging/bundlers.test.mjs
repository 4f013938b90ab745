// The packed package in every bundler, without configuration: a real upload by the gateway ends.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { startBrowser } from '../e2e/engine.mjs';
import { lifetime } from '../e2e/lifetime.mjs';
import { startSite } from '../e2e/site.mjs';
import { CONSUMERS } from './consumers.mjs';
import { install, writeApp } from './install.mjs';
import { pack, run, serve, temporaryFolder } from './tools.mjs';
import { checkUpload } from './upload.mjs';

const isWanted = ([, { fast }]) => fast || process.env.CONSUMERS === 'all';

suite('with a bundler', () => {
  const life = lifetime({ after });
  let browser;
  let tarball;

  before(async () => {
    ({ tarball } = await pack(temporaryFolder(life)));
    browser = await startBrowser(life);
  });

  for (const [name, row] of Object.entries(CONSUMERS).filter(isWanted)) {
    test(name, async (t) => {
      const [major] = process.versions.node.split('.');
      if (row.node > major) return t.skip(`it needs Node ${row.node}`);
      const folder = await folderWith(row.install);
      for (const old of ['app', 'dist', '.next']) rmSync(join(folder, old), { recursive: true, force: true });
      writeApp(folder, row);
      const tool = ([program, ...args]) => [join(folder, 'node_modules', '.bin', program), ...args];
      if (row.build) await run(tool(row.build), folder);
      const inTest = lifetime(t);
      const { url } = row.serve
        ? await serve(inTest, tool(row.serve), folder)
        : await startSite(inTest, { folders: { '/': join(folder, row.site ?? '') } });
      await checkUpload(inTest, browser, url, row);
    });
  }

  // Rows that differ only in how they build share what npm has installed.
  const folders = new Map();
  function folderWith(tools) {
    const key = JSON.stringify(tools);
    if (!folders.has(key)) folders.set(key, install(temporaryFolder(life), tarball, tools));
    return folders.get(key);
  }
});
