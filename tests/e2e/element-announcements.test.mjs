// What <media-ferry> says in its live region, for people who do not see it.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { file, REAL } from './fixtures.mjs';
import { evaluate, openForm, pick, shows } from './form.mjs';
import { setUp } from './setup.mjs';

const [PHOTO, PNG, WEBP] = REAL;
const TEXT = file('notes.jpg', Buffer.from('This is text, not a picture.'));

suite('announcements of the element', () => {
  setUp({ www: fileURLToPath(new URL('element', import.meta.url)) });

  /** A page that keeps every text of the live region. */
  async function open(t) {
    const tab = await openForm(t);
    await evaluate(tab, 'many', (many) => {
      many.maxFiles = 9;
      globalThis.heard = [];
      const region = many.shadowRoot.querySelector('[role="status"]');
      const hear = () => globalThis.heard.push(region.textContent);
      new MutationObserver(hear).observe(region, { childList: true, characterData: true, subtree: true });
    });
    return tab;
  }

  /** What was said, once it has the wanted words. */
  async function heard(tab, wanted) {
    let texts = [];
    for (let tries = 0; tries < 200 && !wanted.test(texts.join('\n')); tries++) {
      await sleep(50);
      texts = await tab.page.evaluate(() => globalThis.heard);
    }
    assert.match(texts.join('\n'), wanted);
    return texts;
  }

  test('a failure among many successes is announced with its name and its reason', async (t) => {
    const tab = await open(t);
    await pick(tab, 'many', [PHOTO, PNG, TEXT, WEBP]);
    await heard(tab, /notes\.jpg: The file is text\. Supported: .*JPEG/);
    await shows(tab, 'many', '[part~="succeeded"]:nth-child(4)');
  });

  test('files that were not added are announced with their names and the reason, the others are summarised', async (t) => {
    const tab = await open(t);
    await evaluate(tab, 'many', async ({ uploader }) => {
      uploader.pauseAll();
      await uploader.addAll(Array.from({ length: 11 }, (_, at) => new File(['text'], `p${at}.jpg`)));
    });
    const texts = await heard(tab, /p9/);
    assert.deepEqual(texts, ['0 of 9 uploaded. p9.jpg, p10.jpg: You can add up to 9 files.']);
  });

  test('up to three results are announced one by one', async (t) => {
    const tab = await open(t);
    await evaluate(tab, 'many', async ({ uploader }) => {
      uploader.pauseAll();
      const tasks = await uploader.addAll(['a', 'b', 'c'].map((name) => new File(['text'], `${name}.jpg`)));
      tasks[1].abort();
    });
    assert.deepEqual(await heard(tab, /a\.jpg/), ['a.jpg added. b.jpg: Cancelled. c.jpg added.']);
  });
});
