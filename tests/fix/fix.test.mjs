// Files that break a limit, at the providers whose limit it is: planned, fixed and checked again, in the engine of BROWSER.
// FIX_EVERY picks every nth case; without it, the table of docs/fix.md is written.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { openTab, startBrowser } from '../e2e/browser.mjs';
import { lifetime } from '../e2e/lifetime.mjs';
import { startSite } from '../e2e/site.mjs';
import { CORPUS, corpusFiles, makeCases } from './cases.mjs';
import { fixCase, fixFine } from './in-page.mjs';
import { writeTable } from './table.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const engine = process.env.BROWSER || 'chromium';
const every = Number(process.env.FIX_EVERY || 1);
/** Of what is fixable in Chromium, at least this part is accepted afterwards. */
const LEAST = 0.95;

suite(`fixes in ${engine}`, () => {
  test('files that break a limit', async (t) => {
    const life = lifetime(t);
    const made = mkdtempSync(join(tmpdir(), 'mediaferry-fix-'));
    life.after(() => rmSync(made, { recursive: true, force: true }));
    const cases = (await makeCases(made)).filter((_, at) => at % every === 0);
    if (!existsSync(CORPUS)) t.diagnostic('there is no corpus: only files that are made here');
    const site = await startSite(life, {
      folders: {
        '/mediaferry/': join(root, 'dist'),
        '/tools/': join(root, 'node_modules/mediabunny/dist/bundles'),
        '/made/': made,
        '/corpus/': CORPUS,
      },
      overrides: {
        '/tools/utif.mjs': { type: 'text/javascript', body: await utif() },
        '/': { type: 'text/html', body: '<!doctype html><title>fixes</title>' },
      },
    });
    let { tab, end } = await openBrowser(`${site.url}/`);
    life.after(() => end());
    const results = [];
    for (const one of cases) {
      const name = `${one.name} at ${one.provider}`;
      try {
        results.push({ ...(await tab.page.evaluate(fixCase, one)), name, file: one.name });
      } catch (error) {
        // A file that ends the page must not end the others.
        results.push({ error: `the page: ${error.message}`, name, file: one.name });
        await end();
        ({ tab, end } = await openBrowser(`${site.url}/`));
      }
    }
    const broken = results.filter(({ skipped, accepted }) => !skipped && !accepted);
    const fixable = broken.filter(({ steps, error }) => steps || error);
    const fixed = fixable.filter(({ error }) => !error);
    const passing = fixed.filter(({ passes }) => passes);
    for (const { name, error } of fixable) if (error) t.diagnostic(`${name}: ${error}`);
    const needs = broken.filter((one) => one.needs).length;
    t.diagnostic(
      `${results.length} files, ${broken.length} break a limit, ${fixable.length} are fixable, ${fixed.length} fixed`,
    );

    const fine = [];
    for (const { path } of corpusFiles(['ok']).filter((_, at) => at % every === 0))
      fine.push(await tab.page.evaluate(fixFine, { name: path, url: `/corpus/${path}` }));
    const touchable = fine.filter(({ skipped }) => !skipped);
    const changed = touchable.filter(({ isSame }) => !isSame).length;
    t.diagnostic(`${touchable.length} files are fine, ${changed} of them were changed`);

    assert.equal(changed, 0, 'a file that is fine is not touched');
    assert.deepEqual(
      fixed.filter(({ passes }) => !passes),
      [],
      'what was fixed passes the check',
    );
    if (engine === 'chromium')
      assert.ok(fixed.length >= LEAST * fixable.length, `${fixed.length} of ${fixable.length} were fixed`);
    assert.ok(fixable.length * every >= (existsSync(CORPUS) ? 150 : 90), `${fixable.length} fixable`);
    if (every === 1) {
      assert.ok(broken.length >= 200 || !existsSync(CORPUS), `${broken.length} break a limit`);
      const failed = [...new Set(fixable.filter(({ error }) => error).map(({ file }) => file))];
      const sums = { files: broken.length, fixable: fixable.length, fixed: fixed.length, passes: passing.length };
      writeTable(engine, { ...sums, needs, fine: touchable.length, changed, failed });
    }
  });
});

/** A tab in a browser of its own, which may crash. */
async function openBrowser(url) {
  let endNext;
  const life = lifetime({ after: (job) => (endNext = job) });
  const tab = await openTab(life, await startBrowser(life), url);
  const end = async () => {
    // Its page cannot be closed after a crash; what comes after it can.
    for (let isOver = false; !isOver; )
      isOver = await endNext().then(
        () => true,
        () => false,
      );
  };
  return { tab, end };
}

/** The decoder of TIFF as one module. */
async function utif() {
  const stdin = { contents: "export { default } from 'utif2'", resolveDir: root };
  const { outputFiles } = await build({ stdin, bundle: true, format: 'esm', write: false });
  return outputFiles[0].text;
}
