// The examples of README and the guides, run as they stand: tests/docs/blocks.mjs says how they are marked.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { blocks, bundle, isExample, parts } from '../docs/blocks.mjs';
import { openTab } from './browser.mjs';
import { file, png, REAL } from './fixtures.mjs';
import { drop, paste } from './page.mjs';
import { browser, gateway, scene } from './scene.mjs';

const FILES = [...REAL, file('narrow.png', png(100, 128)), file('notes.txt', Buffer.from('not a picture'))];
const LIMIT_MILLIS = 30_000;

suite('examples in the documentation', () => {
  const www = mkdtempSync(join(tmpdir(), 'mediaferry-examples-'));
  after(() => rmSync(www, { recursive: true, force: true }));
  const examples = blocks().filter(isExample);
  before(async () => {
    for (const [at, example] of examples.entries()) {
      const { html, scripts } = parts(example, `${at}`);
      writeFileSync(join(www, `${at}.html`), `<!doctype html><meta charset="utf-8"><title>Example</title>\n${html}`);
      for (const [number, script] of scripts.entries())
        writeFileSync(join(www, `${at}-${number}.js`), await bundle(script, example.language));
    }
  });
  scene({ www });

  for (const [at, { place, words }] of examples.entries()) {
    test(place, async (t) => {
      const tab = await openTab(t, browser, `${gateway.url}/${at}.html`);
      await act(tab, words);
      const shown = async () => `${tab.said.join('\n')}\n${await tab.page.evaluate(() => document.body.innerText)}`;
      let text = await shown();
      for (const end = Date.now() + LIMIT_MILLIS; !text.includes(words.see) && Date.now() < end; text = await shown())
        await sleep(20);
      assert.deepEqual(tab.errors, []);
      assert.ok(text.includes(words.see), `${words.see} is not shown, but:\n${text}`);
    });
  }
});

/** Gives the page its files, as a person would. */
async function act(tab, words) {
  const files = (names) => names.split(',').map((name) => FILES.find((file) => file.name === name) ?? assert.fail(name));
  if (words.drop) return await drop(tab, files(words.drop), 'body');
  if (words.paste) return await paste(tab, files(words.paste));
  const input = await tab.page.$('input[type=file]');
  if (input) await input.uploadFile(...tab.save(files(words.pick ?? REAL[0].name)));
}
