// <media-ferry> in a form, under the strictest Content-Security-Policy that allows WebAssembly.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { file, mp4, png, REAL } from './fixtures.mjs';
import {
  allSucceed,
  entries,
  evaluate,
  focus,
  focused,
  hides,
  openForm,
  pick,
  press,
  reason,
  recordedEvents,
  sendFiles,
  shows,
  words,
} from './form.mjs';
import { gateway, setUp } from './setup.mjs';

const [PHOTO, PNG, WEBP] = REAL;
/** A function, because WebDriver runs no other script. */
const axe = new Function(readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8'));

suite('the element', () => {
  setUp({ www: fileURLToPath(new URL('element', import.meta.url)) });

  test('a picked file becomes the form’s value without a violation of the policy', async (t) => {
    const tab = await openForm(t);
    const isValid = () => tab.page.$eval('form', (form) => form.checkValidity());
    assert.deepEqual([await reason(tab, 'one'), await isValid()], ['valueMissing: Choose a file.', false]);
    await pick(tab, 'one', [PHOTO]);
    assert.match(await words(tab, 'one', 'succeeded'), /cat\.jpgUploaded · 21\u00a0kB/);
    const [[name, ref]] = await entries(tab);
    assert.deepEqual([name, ref.includes('/relaydance/')], ['picture', true]);
    assert.equal(await evaluate(tab, 'one', ({ value, assets }) => value === assets[0].ref && value), ref);
    assert.deepEqual([await reason(tab, 'one'), await isValid()], ['valid: ', true]);
    assert.ok(await shows(tab, 'one', '[part="thumbnail"] > canvas'));
    assert.deepEqual(await recordedEvents(tab), [
      'one file-added task false',
      'one upload-start task false',
      'one change true',
      'one upload-success task asset true',
      'one complete successful failed true',
    ]);
    assert.deepEqual(tab.errors, []);
  });

  test('the core starts when files are dragged over the element, or its picker opens', async (t) => {
    for (const approach of [
      (tab) => sendFiles(tab, 'many', [PHOTO], 'dragenter'),
      (tab) => evaluate(tab, 'many', ({ shadowRoot }) => shadowRoot.querySelector('[part~="zone"]').click()),
    ]) {
      const tab = await openForm(t);
      assert.deepEqual(await tab.workers(), []);
      await approach(tab);
      for (const end = Date.now() + 10_000; (await tab.workers()).length === 0; ) {
        assert.ok(Date.now() < end, 'no worker');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await sendFiles(tab, 'many', [PHOTO], 'drop');
      assert.match(await words(tab, 'many', 'succeeded'), /cat\.jpg/);
      assert.deepEqual([(await tab.workers()).length, tab.errors], [1, []]);
    }
  });

  test('dropped and pasted files have an entry each under the element’s name', async (t) => {
    const tab = await openForm(t);
    await sendFiles(tab, 'many', [PHOTO], 'dragenter');
    assert.ok(await shows(tab, 'many', 'active'));
    await sendFiles(tab, 'many', [PHOTO, PNG], 'dragover', 'drop');
    await hides(tab, 'many', 'active');
    await sendFiles(tab, 'many', [WEBP], 'paste');
    await allSucceed(tab, 'many', 3);
    const all = await entries(tab);
    assert.deepEqual([...new Set(all.map(([name]) => name))], ['media']);
    assert.equal(new Set(all.map(([, ref]) => ref)).size, 3);
    await press(tab, 'many', 'remove');
    assert.equal((await entries(tab)).length, 2);
  });

  test('every function works by keyboard, and the focus is never lost', async (t) => {
    const tab = await openForm(t);
    const { page } = tab;
    await page.focus('#many');
    assert.equal(await focused(tab, 'many'), 'zone');
    await evaluate(tab, 'many', (many) =>
      many.shadowRoot.querySelector('input').addEventListener('click', (event) => {
        event.preventDefault(); // the browser's own window, which a test cannot see
        globalThis.recordedEvents.push(['the picker']);
      }),
    );
    await page.keyboard.press('Enter');
    assert.deepEqual(await recordedEvents(tab), ['the picker']);
    await pick(tab, 'many', [PHOTO, PNG]);
    await allSucceed(tab, 'many', 2);
    await page.keyboard.press('Tab');
    assert.equal(await focused(tab, 'many'), 'button remove');
    await page.keyboard.press('Enter');
    await hides(tab, 'many', '[part~="item"]:nth-child(2)');
    assert.equal(await focused(tab, 'many'), 'item succeeded', 'the next upload');
    await page.keyboard.press('Tab');
    await page.keyboard.press(' ');
    await hides(tab, 'many', 'item');
    assert.equal(await focused(tab, 'many'), 'zone');
  });

  test('of many uploads the first hundred are shown, and more on request', async (t) => {
    const tab = await openForm(t);
    await evaluate(tab, 'many', async (many) => {
      many.maxFiles = 150;
      many.uploader.pauseAll();
      await many.uploader.addAll(Array.from({ length: 200 }, (_, number) => new File(['text'], `${number}.txt`)));
    });
    assert.equal(await words(tab, 'many', 'more'), 'Show more (50 files not shown)');
    const items = () => evaluate(tab, 'many', (many) => many.shadowRoot.querySelectorAll('[part~="item"]').length);
    assert.equal(await items(), 100);
    assert.equal(await words(tab, 'many', 'refusals'), '50 files were not added. You can add up to 150 files.');
    await evaluate(tab, 'many', ({ uploader }) => uploader.remove(uploader.tasks[0]));
    assert.equal(await words(tab, 'many', 'more'), 'Show more (49 files not shown)');
    assert.equal(await items(), 100);
    await focus(tab, 'many', 'more');
    await press(tab, 'many', 'more');
    await hides(tab, 'many', 'more');
    assert.equal(await items(), 149);
    const name = await evaluate(tab, 'many', (many) => many.shadowRoot.activeElement.querySelector('p').textContent);
    assert.equal(name, '101.txt', 'the first that was not shown has the focus');
    await evaluate(tab, 'many', (many) => many.clear());
    await hides(tab, 'many', 'item');
  });

  test('without multiple, a new file replaces the one before', async (t) => {
    const tab = await openForm(t);
    await pick(tab, 'one', [PHOTO]);
    await shows(tab, 'one', 'succeeded');
    const [[, first]] = await entries(tab);
    await pick(tab, 'one', [PNG]);
    await shows(tab, 'one', 'succeeded');
    const all = await entries(tab);
    assert.equal(all.length, 1);
    assert.notEqual(all[0][1], first);
    assert.match(await words(tab, 'one', 'list'), /^turned\.png/);
  });

  test('a file that violates a restriction is not added, and the reason is shown', async (t) => {
    const tab = await openForm(t);
    await pick(tab, 'many', [file('large.png', png(200, 200, 2_000_001)), PHOTO]);
    assert.equal(
      await words(tab, 'many', 'refusals'),
      'large.png: The file is 2,000,001 bytes; the maximum is 2,000,000 bytes.',
    );
    await shows(tab, 'many', 'succeeded');
    assert.match((await recordedEvents(tab)).join(), /many restriction-failed source violations/);
    const others = ['a', 'b', 'c'].map((name) => file(`${name}.png`, png(200, 200)));
    await pick(tab, 'many', others);
    assert.equal(await words(tab, 'many', 'refusals'), 'c.png: You can add up to 3 files.');
    assert.match(await words(tab, 'many', '[role="status"]:not(:empty)'), /\.$/);
  });

  test('a rejected file makes the form invalid until it is removed', async (t) => {
    const tab = await openForm(t);
    await evaluate(tab, 'one', (one) => one.setAttribute('provider', 'modelhunter'));
    await pick(tab, 'one', [file('narrow.png', png(100, 200))]);
    assert.equal(await words(tab, 'one', 'error'), 'The width is 100 pixels; the minimum is 128 pixels.');
    assert.equal(await reason(tab, 'one'), 'customError: Remove the files that cannot be uploaded.');
    await hides(tab, 'one', 'retry');
    await press(tab, 'one', 'remove');
    await hides(tab, 'one', 'item');
    assert.equal(await reason(tab, 'one'), 'valueMissing: Choose a file.');
    assert.deepEqual(await gateway.sent(), []);
  });

  test('a failed upload can be retried', async (t) => {
    const tab = await openForm(t);
    await gateway.fault({ at: 'relaydance', method: 'POST', fault: { status: 503 } });
    await pick(tab, 'one', [PHOTO]);
    assert.match(await words(tab, 'one', 'error'), /HTTP 503.*may have succeeded, so it was not repeated/);
    assert.equal(await reason(tab, 'one'), 'customError: Retry or remove the files that failed.');
    assert.deepEqual(await entries(tab), []);
    await press(tab, 'one', 'retry');
    await shows(tab, 'one', 'succeeded');
    assert.equal(await reason(tab, 'one'), 'valid: ');
    assert.equal((await entries(tab)).length, 1);
  });

  test('a running upload makes the form invalid, and can be paused, resumed and cancelled', async (t) => {
    const tab = await openForm(t);
    await evaluate(tab, 'many', (many) =>
      Object.assign(many, { provider: 'onerouter', model: 'a/model', route: 'form' }),
    );
    await pick(tab, 'many', [file('video.mp4', mp4(10, 1_500_000))]);
    await shows(tab, 'many', 'uploading');
    assert.equal(await reason(tab, 'many'), 'customError: Wait until all uploads are complete.');
    const button = await shows(tab, 'many', 'pause');
    const label = () => button.evaluate(({ title, ariaLabel }) => `${title}: ${ariaLabel}`);
    await focus(tab, 'many', 'pause');
    assert.equal(await label(), 'Pause: Pause video.mp4');
    await tab.page.keyboard.press('Enter');
    await shows(tab, 'many', 'paused');
    assert.deepEqual([await label(), await focused(tab, 'many')], ['Resume: Resume video.mp4', 'button pause']);
    await tab.page.keyboard.press('Enter');
    await shows(tab, 'many', 'uploading');
    await focus(tab, 'many', 'cancel');
    await tab.page.keyboard.press('Enter');
    await shows(tab, 'many', 'aborted');
    assert.equal(await focused(tab, 'many'), 'item aborted', 'its button is gone');
    assert.equal(await reason(tab, 'many'), 'valid: ');
    await press(tab, 'many', 'retry');
    await shows(tab, 'many', 'succeeded');
  });

  test('a reset clears the element without a change event', async (t) => {
    const tab = await openForm(t);
    await pick(tab, 'one', [PHOTO]);
    await shows(tab, 'one', 'succeeded');
    await gateway.fault({ at: 'relaydance', method: 'POST', fault: { delay_millis: 3_000 } });
    await pick(tab, 'many', [PNG]);
    await shows(tab, 'many', 'uploading');
    const left = await tab.page.$eval('form', (form) => {
      form.reset();
      return [...new FormData(form)].length;
    });
    assert.equal(left, 0);
    assert.equal(await reason(tab, 'one'), 'valueMissing: Choose a file.');
    for (const id of ['one', 'many']) await hides(tab, id, 'item');
    assert.equal((await recordedEvents(tab)).filter((fact) => fact.includes('change')).length, 1);
  });

  test('a disabled element accepts and submits nothing', async (t) => {
    const tab = await openForm(t);
    for (const id of ['one', 'many']) {
      await pick(tab, id, [PHOTO]);
      await shows(tab, id, 'succeeded');
    }
    await tab.page.$eval('fieldset', (fieldset) => {
      fieldset.disabled = true;
    });
    await sendFiles(tab, 'many', [PNG], 'dragenter', 'dragover', 'drop', 'paste');
    assert.equal(await evaluate(tab, 'many', ({ uploader }) => uploader.tasks.length), 1);
    // Otherwise the browser would open the file in place of the page.
    const over = await evaluate(tab, 'many', ({ shadowRoot }) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['a'], 'a.png'));
      const event = new DragEvent('dragover', { bubbles: true, cancelable: true, composed: true, dataTransfer });
      shadowRoot.querySelector('button').dispatchEvent(event);
      return [event.defaultPrevented, dataTransfer.dropEffect];
    });
    assert.deepEqual(over, [true, 'none']);
    await hides(tab, 'one', 'remove');
    assert.ok(await shows(tab, 'one', '[part~="zone"]:disabled'));
    assert.deepEqual(await entries(tab), []);
    await tab.page.$eval('fieldset', (fieldset) => {
      fieldset.disabled = false;
    });
    assert.equal((await entries(tab)).length, 2);
    assert.ok(await shows(tab, 'one', 'remove'));
  });

  test('a disabled element asks nothing, and sends nothing to another provider', async (t) => {
    const tab = await openForm(t, { provider: 'modelhunter', details: 'providers', fix: true });
    await gateway.fault({ at: 'storage', method: 'PUT', times: 9, fault: { delay_millis: 60_000 } });
    await pick(tab, 'many', [file('narrow.png', png(100, 200)), PHOTO]);
    await evaluate(tab, 'many', async ({ uploader }) => {
      const { source } = uploader.tasks[1];
      const plan = { steps: [{ kind: 'convert', reason: 'format', to: { format: 'PNG' } }] };
      uploader.options.fix.confirm(plan, source, { signal: new AbortController().signal });
    });
    const parts = ['decline', 'send'];
    for (const part of parts) await shows(tab, 'many', part);
    await evaluate(tab, 'many', (many) => {
      many.disabled = true;
    });
    for (const part of parts) await hides(tab, 'many', part);
    await evaluate(tab, 'many', (many) => {
      many.disabled = false;
    });
    for (const part of parts) await shows(tab, 'many', part);
  });

  test('the picker shows the types of the provider or of the attribute', async (t) => {
    const tab = await openForm(t);
    const accept = () => evaluate(tab, 'one', (one) => one.shadowRoot.querySelector('input').accept);
    const becomes = async (pattern) => {
      for (let tries = 0; tries < 100 && !pattern.test(await accept()); tries++)
        await new Promise((resolve) => setTimeout(resolve, 20));
      assert.match(await accept(), pattern);
    };
    await evaluate(tab, 'one', (one) => {
      one.provider = 'worldrouter';
    });
    await becomes(/^image\/png,.*\.gif/);
    await evaluate(tab, 'one', (one) => {
      const sign = () => {};
      one.options = {
        provider: { id: 'own', name: 'Own', sign, rules: [{ mimes: ['image/*'] }, { mimes: ['video/mp4'] }] },
      };
    });
    await becomes(/^image\/\*,video\/mp4$/);
    await evaluate(tab, 'one', (one) => {
      one.options = undefined;
    });
    await becomes(/^image\/png,.*\.gif/);
    await evaluate(tab, 'one', (one) => {
      one.accept = 'image/png, .webp';
    });
    await becomes(/^image\/png, \.webp$/);
  });

  test('a file of a type that is not in accept is rejected', async (t) => {
    const tab = await openForm(t);
    await evaluate(tab, 'one', (one) => {
      one.accept = 'image/png, .webp';
    });
    await pick(tab, 'one', [PHOTO]);
    assert.match(await words(tab, 'one', 'error'), /^The file is JPEG\. Supported: PNG, WEBP\./);
  });

  test('everything has an accessible name', async (t) => {
    const tab = await openForm(t);
    await gateway.fault({ at: 'relaydance', method: 'POST', fault: { status: 503 } });
    await gateway.fault({ at: 'relaydance', method: 'POST', fault: { delay_millis: 5_000 } });
    await evaluate(tab, 'many', (many) => {
      many.concurrency = 2;
    });
    await pick(tab, 'many', [PHOTO, PNG, WEBP, WEBP]);
    for (const part of ['failed', 'succeeded', 'uploading', 'refusals', 'total']) await shows(tab, 'many', part);
    await tab.page.evaluate(axe);
    const { violations, passes } = await tab.page.evaluate(() => globalThis.axe.run(document.querySelector('form')));
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`),
      [],
    );
    assert.ok(passes.some(({ id }) => id === 'aria-progressbar-name' || id === 'button-name'));
    const names = await evaluate(tab, 'many', ({ shadowRoot }) =>
      Array.from(
        shadowRoot.querySelectorAll('li button:not([hidden])'),
        ({ ariaLabel, title, textContent }) =>
          ariaLabel.startsWith(`${title || textContent} `) && / \w+\.\w+$/.test(ariaLabel),
      ),
    );
    assert.ok(names.length >= 5 && names.every(Boolean));
  });

  test('labels can be replaced', async (t) => {
    const tab = await openForm(t);
    await evaluate(tab, 'one', (one) => {
      one.labels = { language: 'de', remove: 'Entfernen', missing: 'Bitte wählen.', invitation: () => 'Datei wählen' };
    });
    assert.equal(await words(tab, 'one', 'invitation'), 'Datei wählen');
    assert.equal(await reason(tab, 'one'), 'valueMissing: Bitte wählen.');
    await pick(tab, 'one', [file('a.png', png(200, 200, 1_500_000))]);
    await shows(tab, 'one', 'succeeded');
    assert.match(await words(tab, 'one', 'status'), /1,5\u00a0MB$/);
    const remove = await shows(tab, 'one', 'remove');
    assert.deepEqual(await remove.evaluate(({ title, ariaLabel }) => [title, ariaLabel]), [
      'Entfernen',
      'Entfernen a.png',
    ]);
  });
});
