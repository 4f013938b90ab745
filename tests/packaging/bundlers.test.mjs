// The packed package in every bundler and framework: built and served for development, real uploads by the gateway end, the
// console stays empty, and the types are right.

import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { startBrowser } from '../e2e/engine.mjs';
import { lifetime } from '../e2e/lifetime.mjs';
import { startSite } from '../e2e/site.mjs';
import { CONSUMERS, FILES } from './consumers.mjs';
import { install, writeApp } from './install.mjs';
import { isOurs, newerNode } from './node.mjs';
import { pack, run, serve, temporaryFolder } from './tools.mjs';
import { checkUpload } from './upload.mjs';

const isAll = process.env.CONSUMERS === 'all';
/** A regular expression that picks rows by name. */
const chosen = new RegExp(process.env.CONSUMER ?? '');
const isWanted = ([name, { fast }]) => (fast || isAll) && chosen.test(name);

suite('with a bundler', () => {
  const life = lifetime({ after });
  let browser;
  let tarball;

  before(async () => {
    ({ tarball } = await pack(temporaryFolder(life)));
    browser = await startBrowser(life);
  });

  for (const [name, row] of Object.entries(CONSUMERS).filter(isWanted)) {
    suite(name, () => {
      let folder;
      let programs;

      before(async () => {
        programs = isOurs(row.node) ? '' : await newNode();
        folder = await folderWith(row.install);
        writeApp(folder, row);
      });

      if (row.build) {
        test('build', async (t) => {
          if (programs === undefined) return t.skip(`it needs Node ${row.node}`);
          await run(tool(row.build.run), folder, programs);
          await check(t, row.build);
        });
      }

      if (row.dev && isAll) {
        test('development server', async (t) => {
          if (programs === undefined) return t.skip(`it needs Node ${row.node}`);
          await check(t, row.dev);
        });
      }

      if (row.types && isAll) {
        test('types', async (t) => {
          if (programs === undefined) return t.skip(`it needs Node ${row.node}`);
          for (const command of row.types) await run(tool(command), folder, programs);
        });
      }

      const tool = ([program, ...args]) => [resolve(folder, 'node_modules', '.bin', program), ...args];

      async function check(t, { site, serve: command, uses = FILES }) {
        const inTest = lifetime(t);
        const { url } = command
          ? await serve(inTest, tool(command), folder, programs)
          : await startSite(inTest, { folders: { '/': join(folder, site ?? '') } });
        await checkUpload(inTest, browser, url, { init: row.init, uses, isQuiet: true });
      }
    });
  }

  // Rows that differ only in how they build share what npm has installed.
  const folders = new Map();
  async function folderWith(tools) {
    const key = JSON.stringify(tools);
    if (!folders.has(key)) folders.set(key, await install(temporaryFolder(life), tarball, tools));
    const folder = folders.get(key);
    const others = readdirSync(folder).filter((name) => !/^(node_modules|package(-lock)?\.json)$/.test(name));
    for (const name of others) rmSync(join(folder, name), { recursive: true });
    return folder;
  }

  let newer;
  function newNode() {
    newer ??= newerNode(temporaryFolder(life));
    return newer;
  }
});
