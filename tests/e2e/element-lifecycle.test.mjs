// <media-ferry> when it is moved, removed or upgraded, and when labels or uploads of the page fail.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BLANK, openTab } from './browser.mjs';
import { REAL } from './fixtures.mjs';
import { allSucceed, entries, evaluate, openForm, pick, shows, words } from './form.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const [PHOTO, PNG] = REAL;

suite('the life of an element', () => {
  setUp({ www: fileURLToPath(new URL('element', import.meta.url)) });

  test('removing the element aborts its uploads, moving it does not', async (t) => {
    const tab = await openForm(t);
    await gateway.fault({ at: 'relaydance', method: 'POST', times: 2, fault: { delay_millis: 1_500 } });
    await pick(tab, 'one', [PHOTO]);
    await shows(tab, 'one', 'uploading');
    await evaluate(tab, 'one', (one) => document.querySelector('form').append(one));
    await shows(tab, 'one', 'succeeded');
    await pick(tab, 'many', [PNG]);
    await shows(tab, 'many', 'uploading');
    const status = await evaluate(tab, 'many', async (many) => {
      many.remove();
      await Promise.resolve();
      return many.uploader.tasks[0].status;
    });
    assert.equal(status, 'aborted');
  });

  test('properties that were set before the element was defined are kept', async (t) => {
    const tab = await openTab(t, browser, `${gateway.url}${BLANK}`);
    const options = await tab.page.evaluate(async () => {
      const element = document.createElement('media-ferry');
      Object.assign(element, { provider: 'relaydance', multiple: true, maxFiles: 2, options: { role: 'first_frame' } });
      document.body.append(element);
      await import('/mediaferry/element.js');
      return [element.uploader.options, element.getAttribute('provider')];
    });
    const restrictions = { maxNumberOfFiles: 2 };
    assert.deepEqual(options, [{ provider: 'relaydance', role: 'first_frame', restrictions }, 'relaydance']);
  });

  test('the element keeps its style in another document, and continues to upload', async (t) => {
    const tab = await openForm(t);
    await gateway.fault({ at: 'relaydance', method: 'POST', fault: { delay_millis: 700 } });
    await pick(tab, 'many', [PHOTO]);
    await shows(tab, 'many', 'uploading');
    const look = await evaluate(tab, 'many', async (many) => {
      const look = () => {
        const { borderStyle, display } = many.ownerDocument.defaultView.getComputedStyle(
          many.shadowRoot.querySelector('[part~="zone"]'),
        );
        return `${borderStyle} ${display}`;
      };
      const frame = document.createElement('iframe');
      const looks = [look()];
      document.body.append(frame);
      frame.contentDocument.body.append(many);
      looks.push(look());
      // A document without a window, and back.
      document.implementation.createHTMLDocument().body.append(many);
      document.querySelector('form').append(many);
      looks.push(look());
      return looks;
    });
    assert.deepEqual(look, ['dashed flex', 'dashed flex', 'dashed flex']);
    await shows(tab, 'many', 'succeeded');
    assert.deepEqual(
      (await entries(tab)).map(([name]) => name),
      ['media'],
    );
  });

  test('labels that throw or are no strings are reported once and replaced by English ones', async (t) => {
    const tab = await openForm(t);
    await evaluate(tab, 'many', (many) => {
      globalThis.reported = [];
      globalThis.reportError = ({ message }) => globalThis.reported.push(message);
      const fails = () => {
        throw new Error('labels fail');
      };
      Object.assign(many, {
        labels: {
          ...{ language: 'no language', cancel: 42, remove: () => 'Weg', invitation: fails, total: fails },
          ...{ action: () => undefined, progress: () => Promise.resolve('soon'), list: {}, added: [], sent: fails },
          ...{ stages: { inspect: fails }, statuses: { succeeded: 'Fertig' }, retry: null, unnamed: undefined },
        },
      });
    });
    await pick(tab, 'many', [PHOTO, PNG]);
    await allSucceed(tab, 'many', 2);
    assert.match(await words(tab, 'many', 'succeeded'), /^cat\.jpgFertig · 21\u00a0kB/);
    const button = await shows(tab, 'many', 'remove');
    assert.equal(await button.evaluate(({ title, ariaLabel }) => `${title}: ${ariaLabel}`), 'Weg: Weg cat.jpg');
    const reported = await tab.page.evaluate(() => globalThis.reported);
    const count = (pattern) => reported.filter((message) => pattern.test(message)).length;
    for (const name of ['cancel', 'action', 'progress', 'list', 'added'])
      assert.equal(count(new RegExp(`^labels\\.${name} is not a string$`)), 1, `${name}: ${reported}`);
    assert.ok(count(/labels fail/) >= 1 && count(/labels fail/) <= 4, String(reported));
    assert.equal(count(/locale|language/i), 1, String(reported));
  });

  test('an upload that cannot be drawn does not prevent others', async (t) => {
    const tab = await openForm(t);
    await evaluate(tab, 'many', (many) => {
      globalThis.reported = [];
      globalThis.reportError = ({ message }) => globalThis.reported.push(message);
      many.uploader.pauseAll();
      const { setAttribute } = Element.prototype;
      let failures = 1;
      Element.prototype.setAttribute = function (name, value) {
        if (name === 'part' && value.startsWith('item ') && failures-- > 0) throw new Error('cannot be drawn');
        return setAttribute.call(this, name, value);
      };
      many.uploader.addAll([new File(['a'], 'a.png'), new File(['b'], 'b.png')]);
    });
    await shows(tab, 'many', '[part~="queued"]:nth-child(2)');
    assert.deepEqual(await tab.page.evaluate(() => globalThis.reported), ['cannot be drawn']);
  });

  test('changes of uploads that are not shown draw nothing', async (t) => {
    const tab = await openForm(t);
    const changes = await evaluate(tab, 'many', async (many) => {
      const frames = (count) => new Promise((resolve) => setTimeout(resolve, count * 20));
      many.maxFiles = 3_000;
      many.uploader.pauseAll();
      await many.uploader.addAll(Array.from({ length: 2_000 }, (_, number) => new File(['text'], `${number}.txt`)));
      await frames(20);
      let changes = 0;
      const observer = new MutationObserver((records) => {
        changes += records.length;
      });
      observer.observe(many.shadowRoot, { subtree: true, childList: true, attributes: true, characterData: true });
      for (const task of many.uploader.tasks.slice(100)) {
        task.abort();
        if (Number(task.source.name.slice(0, -4)) % 100 === 0) await frames(1);
      }
      await frames(5);
      observer.disconnect();
      return changes;
    });
    assert.ok(changes < 15, `${changes} changes`);
  });
});
