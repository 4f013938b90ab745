// The optional parts of <media-ferry>: facts, the asset, the providers that accept a file, thumbnails of videos.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BLANK, openTab } from './browser.mjs';
import { gif } from './fix-files.mjs';
import { file, png, REAL } from './fixtures.mjs';
import { evaluate, hides, openForm, pick, press, recordedEvents, shows, words } from './form.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const [PHOTO, PNG, , MOVIE] = REAL;
const PARTS = ['facts', 'asset', 'providers'];
const isWebKit = process.env.BROWSER === 'webkit';

suite('the optional parts of the element', () => {
  setUp({ www: fileURLToPath(new URL('element', import.meta.url)) });

  const script = async (tab) => {
    await tab.settled();
    return tab.requests.filter(({ url }) => url.endsWith('/upload-details.js')).length;
  };
  const copied = (tab) => tab.page.evaluate(() => globalThis.copied);
  const catchCopies = (tab) =>
    tab.page.evaluate(() => {
      navigator.clipboard.writeText = async (text) => {
        globalThis.copied = text;
      };
    });

  test('without the attribute nothing of them is loaded or shown', async (t) => {
    const tab = await openForm(t);
    await pick(tab, 'many', [PHOTO]);
    await shows(tab, 'many', 'succeeded');
    for (const part of PARTS) await hides(tab, 'many', part);
    assert.equal(await script(tab), 0);
  });

  for (const part of PARTS)
    test(`details="${part}" shows only this part, also of an upload that is over`, async (t) => {
      const tab = await openForm(t);
      await pick(tab, 'many', [PHOTO]);
      await shows(tab, 'many', 'succeeded');
      await tab.page.evaluate((part) => document.querySelector('#many').setAttribute('details', part), part);
      await shows(tab, 'many', part);
      for (const other of PARTS.filter((name) => name !== part)) await hides(tab, 'many', other);
      await evaluate(tab, 'many', (many) => many.removeAttribute('details'));
      await hides(tab, 'many', part);
      assert.deepEqual([await script(tab), tab.errors], [1, []]);
    });

  test('facts are what the file contains, with a warning if its name says something else', async (t) => {
    const tab = await openForm(t, { details: 'facts' });
    await pick(tab, 'many', [{ ...PNG, name: 'photo.jpg' }]);
    assert.equal(await words(tab, 'many', 'facts'), 'PNG · 400 × 400 · rotated');
    assert.equal(await words(tab, 'many', 'mismatch'), 'Named .jpg, but the content is PNG.');
  });

  test('the width is before the height, also after an Arabic word', async (t) => {
    const tab = await openForm(t, { details: 'facts' });
    await evaluate(tab, 'many', (many) => {
      many.labels = { language: 'ar', details: { animated: 'متحركة' } };
    });
    await pick(tab, 'many', [file('dance.gif', gif(300, 200, 12))]);
    assert.equal(await words(tab, 'many', 'facts'), 'GIF · متحركة · 300 × 200');
    const [width, height] = await evaluate(tab, 'many', ({ shadowRoot }) => {
      const walker = document.createTreeWalker(shadowRoot.querySelector('[part="facts"]'), NodeFilter.SHOW_TEXT);
      while (!walker.nextNode().data.includes('300'));
      const text = walker.currentNode;
      return ['300', '200'].map((number) => {
        const range = document.createRange();
        range.setStart(text, text.data.indexOf(number));
        range.setEnd(text, text.data.indexOf(number) + 3);
        return range.getBoundingClientRect().left;
      });
    });
    assert.ok(width < height, `${width} < ${height}`);
  });

  test('the asset’s texts are copied, and that is announced', async (t) => {
    const tab = await openForm(t, { details: 'asset' });
    await catchCopies(tab);
    await pick(tab, 'many', [PHOTO]);
    const ref = await words(tab, 'many', '[part="reference"] code');
    assert.equal(ref, await evaluate(tab, 'many', ({ value }) => value));
    await press(tab, 'many', '[part="reference"] [part~="copy"]');
    assert.equal(await copied(tab), ref);
    await press(tab, 'many', '[part="checksum"] [part~="copy"]');
    assert.equal(await copied(tab), PHOTO.sum);
    await press(tab, 'many', '[part="fragment"] [part~="copy"]');
    const { metadata } = JSON.parse(await copied(tab));
    assert.equal(metadata.content[0].image_url.url, ref);
    let said = '';
    for (let tries = 0; tries < 100 && !said.includes('Copied'); tries++) {
      await sleep(20);
      said = await words(tab, 'many', '[role="status"]');
    }
    assert.match(said, /Copied\./);
    const link = await shows(tab, 'many', '[part~="open"]');
    assert.equal(
      await link.evaluate(({ href, target, rel }) => `${href} ${target} ${rel}`),
      `${ref} _blank noopener noreferrer`,
    );
  });

  test('if the browser allows no copy, the text is selected', async (t) => {
    const tab = await openForm(t, { details: 'asset' });
    await tab.page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'));
    });
    await pick(tab, 'many', [PHOTO]);
    await press(tab, 'many', '[part="checksum"] [part~="copy"]');
    let said = '';
    for (let tries = 0; tries < 100 && !said.includes('Selected'); tries++) {
      await sleep(20);
      said = await words(tab, 'many', '[role="status"]');
    }
    assert.match(said, /Selected\. Press Ctrl\+C to copy\./);
    assert.equal(await words(tab, 'many', '[part="checksum"] code'), PHOTO.sum, 'the whole checksum');
  });

  test('a rejected file is sent to another provider, unless the page prevents it', async (t) => {
    const tab = await openForm(t, { details: 'providers', provider: 'modelhunter' });
    await evaluate(tab, 'many', (many) =>
      many.addEventListener('provider-select', (event) => {
        globalThis.recordedEvents.push([event.type, event.detail.provider, event.detail.task.source.name]);
        if (globalThis.isPrevented) event.preventDefault();
      }),
    );
    await pick(tab, 'many', [file('narrow.png', png(100, 128))]);
    const send = '[part~="send"][data-provider="relaydance"]';
    const button = await shows(tab, 'many', send);
    assert.equal(await button.evaluate(({ ariaLabel }) => ariaLabel), 'Send narrow.png to RelayDance');
    await tab.page.evaluate(() => {
      globalThis.isPrevented = true;
    });
    await press(tab, 'many', send);
    assert.ok(await shows(tab, 'many', 'failed'));
    assert.deepEqual(await gateway.sent(), []);
    await tab.page.evaluate(() => {
      globalThis.isPrevented = false;
    });
    await press(tab, 'many', send);
    await shows(tab, 'many', 'succeeded');
    assert.equal(
      await evaluate(tab, 'many', ({ assets }) => assets.map(({ provider }) => provider).join()),
      'relaydance',
    );
    assert.equal(
      (await recordedEvents(tab)).filter((event) => event === 'provider-select relaydance narrow.png').length,
      2,
    );
  });

  test('details="video" shows a frame of a video', {
    skip: isWebKit && 'these tests run it without media',
  }, async (t) => {
    // The element’s own page forbids `blob:`, this one of the gateway allows it.
    const tab = await openTab(t, browser, `${gateway.url}${BLANK}`);
    await tab.page.evaluate(async () => {
      await import('/mediaferry/element.js');
      const element = Object.assign(document.createElement('media-ferry'), { id: 'many', multiple: true });
      Object.assign(element, { provider: 'relaydance', details: 'video' });
      document.body.append(element);
    });
    await pick(tab, 'many', [MOVIE]);
    const canvas = await shows(tab, 'many', '[part="thumbnail"] > canvas');
    assert.ok(await canvas.evaluate((canvas) => canvas.getContext('2d').getImageData(9, 9, 1, 1).data[3] === 255));
    assert.deepEqual(tab.errors, []);
  });

  test('the guide documents every part', async (t) => {
    const tab = await openForm(t, { details: 'facts asset providers', provider: 'onerouter', model: 'any/model' });
    await pick(tab, 'many', [{ ...PNG, name: 'photo.jpg' }, file('notes.txt', Buffer.from('This is text.'))]);
    for (const part of ['expires', '[part~="failed"] [part="accepted-by"]', '[part~="succeeded"]', '[part~="failed"]'])
      await shows(tab, 'many', part);
    await evaluate(tab, 'many', ({ shadowRoot }) => {
      for (const details of shadowRoot.querySelectorAll('details')) details.open = true;
    });
    await shows(tab, 'many', 'verdict');
    const parts = await evaluate(tab, 'many', ({ shadowRoot }) =>
      Array.from(shadowRoot.querySelectorAll('[part]'), (element) => element.getAttribute('part').split(' ')).flat(),
    );
    for (const part of ['facts', 'mismatch', 'fragment', 'caption', 'refuses']) assert.ok(parts.includes(part), part);
    const guide = readFileSync(new URL('../../docs/guides/element.md', import.meta.url), 'utf8');
    assert.deepEqual(
      parts.filter((part) => !guide.includes(`\`${part}\``)),
      [],
    );
  });

  test('labels of the optional parts can be replaced', async (t) => {
    const tab = await openForm(t, { details: 'facts asset' });
    await evaluate(tab, 'many', (many) => {
      many.labels = { language: 'de', details: { reference: 'Referenz', rotated: 'gedreht', copied: 42 } };
    });
    await pick(tab, 'many', [PNG]);
    assert.equal(await words(tab, 'many', 'facts'), 'PNG · 400 × 400 · gedreht');
    assert.equal(await words(tab, 'many', '[part="reference"] [part="caption"]'), 'Referenz');
    assert.equal(await words(tab, 'many', '[part="checksum"] [part="caption"]'), 'SHA-256');
  });
});
