// The examples of README and the guides, run as they stand: tests/docs/blocks.mjs says how they are marked.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { blocks, bundle, isExample, parts } from '../docs/blocks.mjs';
import { openTab } from './browser.mjs';
import { file, png, REAL } from './fixtures.mjs';
import { drop, paste } from './page.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const FILES = [...REAL, file('narrow.png', png(100, 128)), file('notes.txt', Buffer.from('not a picture'))];
const LIMIT_MILLIS = 30_000;
/** Keeps what an example logs where every browser lets us look. */
const LISTEN = `globalThis.said = [];
const { log } = console;
console.log = (...words) => said.push(words.join(' ')) && log(...words);`;

suite('examples in the documentation', () => {
  const www = mkdtempSync(join(tmpdir(), 'mediaferry-examples-'));
  after(() => rmSync(www, { recursive: true, force: true }));
  setUp({ www });

  for (const [at, example] of blocks().filter(isExample).entries()) {
    test(example.place, async (t) => {
      await publish(example, `${at}`);
      const tab = await openTab(t, browser, `${gateway.url}/${at}.html`);
      await act(tab, example);
      const { see } = example.words;
      const shown = () => tab.page.evaluate(() => [...globalThis.said, document.body.innerText].join('\n'));
      const isOver = (text) => text.includes(see) || tab.errors.length > 0;
      let text = await shown();
      for (const end = Date.now() + LIMIT_MILLIS; !isOver(text) && Date.now() < end; text = await shown())
        await sleep(20);
      assert.deepEqual(tab.errors, []);
      assert.ok(text.includes(see), `${see} is not shown, but:\n${text}`);
    });
  }

  /** Puts an example where the gateway serves it. */
  async function publish(example, name) {
    const { html, scripts } = parts(example, name);
    const head = '<!doctype html><meta charset="utf-8"><title>Example</title><script src="listen.js"></script>';
    writeFileSync(join(www, 'listen.js'), LISTEN);
    writeFileSync(join(www, `${name}.html`), `${head}\n${html}`);
    for (const [number, script] of scripts.entries())
      writeFileSync(join(www, `${name}-${number}.js`), await bundle(script, example.language));
  }
});

/** Gives the page its files, as a person would. */
async function act(tab, { words, code }) {
  const files = (names) =>
    names.split(',').map((name) => FILES.find((file) => file.name === name) ?? assert.fail(name));
  // The element takes what is dropped on it. A framework may take a moment to make it.
  if (words.drop) {
    const place = code.includes('<media-ferry') ? 'media-ferry' : 'body';
    await tab.page.waitForSelector(place);
    return await drop(tab, files(words.drop), place);
  }
  if (words.paste) return await paste(tab, files(words.paste));
  const wait = words.pick ? 'waitForSelector' : '$';
  const input = await tab.page[wait]('input[type=file]');
  if (input) await input.uploadFile(...tab.save(files(words.pick ?? REAL[0].name)));
}
