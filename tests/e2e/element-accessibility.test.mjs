// <media-ferry> in each of its states: what axe-core finds, and whether it fits on a narrow page.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkAccessibility, LOOKS, overflow, setLook } from './accessibility.mjs';
import { gif } from './fix-files.mjs';
import { file, mp4, png, REAL } from './fixtures.mjs';
import { evaluate, openForm, pick, shows } from './form.mjs';
import { slowAfter, storedBytes } from './resumable.mjs';
import { gateway, setUp } from './setup.mjs';

const [PHOTO, PNG, WEBP] = REAL;
const LONG = { ...WEBP, name: 'a-very-long-file-name-of-the-kind-that-cameras-make-2026-11-28.webp' };
const LARGE = file('large.png', png(200, 200, 2_000_001));
const TEXT = file('notes.jpg', Buffer.from('This is text, not a picture.'));
const PART = 1_000_000;

/** Each state, and how it is reached. */
const STATES = {
  empty: async () => {},
  disabled: (tab) =>
    evaluate(tab, 'many', (many) => {
      many.disabled = true;
    }),
  'with uploads that wait, run, failed and succeeded': async (tab) => {
    await gateway.fault({ at: 'relaydance', method: 'POST', fault: { status: 503 } });
    await gateway.fault({ at: 'relaydance', method: 'POST', times: 9, fault: { delay_millis: 60_000 } });
    await evaluate(tab, 'many', (many) => Object.assign(many, { concurrency: 1, maxFiles: 4 }));
    await pick(tab, 'many', [PHOTO, LONG, PNG, LARGE]);
    for (const part of ['failed', 'uploading', 'queued', 'refusals', 'total']) await shows(tab, 'many', part);
  },
  full: async (tab) => {
    await pick(tab, 'many', [PHOTO, LONG, TEXT]);
    for (const part of ['[part~="succeeded"]:nth-child(2)', 'failed', 'full']) await shows(tab, 'many', part);
  },
  'as a grid': async (tab) => {
    await evaluate(tab, 'many', (many) => Object.assign(many, { view: 'grid' }));
    await pick(tab, 'many', [PHOTO, LONG, TEXT]);
    for (const part of ['[part~="succeeded"]:nth-child(2)', 'failed']) await shows(tab, 'many', part);
  },
  'with all optional parts': async (tab) => {
    await evaluate(tab, 'many', (many) =>
      Object.assign(many, { details: 'facts asset providers', provider: 'modelhunter' }),
    );
    await pick(tab, 'many', [{ ...PNG, name: 'turned.jpg' }, PHOTO, file('narrow.png', png(100, 128))]);
    for (const part of ['asset', 'mismatch', 'send']) await shows(tab, 'many', part);
    await evaluate(tab, 'many', ({ shadowRoot }) => {
      for (const details of shadowRoot.querySelectorAll('details')) details.open = true;
    });
    await shows(tab, 'many', 'verdict');
  },
  'with a question whether to fix a file': async (tab) => {
    await evaluate(tab, 'many', (many) => Object.assign(many, { fix: true, provider: 'modelhunter' }));
    await pick(tab, 'many', [file('dance.gif', gif(300, 200, 12))]);
    await shows(tab, 'many', 'question');
  },
  'with an interrupted upload': async (tab) => {
    const show = () =>
      evaluate(tab, 'many', (many) => {
        const options = { multipartThreshold: 1 };
        Object.assign(many, { provider: 'apiframe', resume: true, maxFileSize: null, options });
      });
    await gateway.fault(...slowAfter(1));
    await show();
    await pick(tab, 'many', [file(LONG.name.replace('webp', 'mp4'), mp4(10, 3 * PART))]);
    await storedBytes(tab, (bytes) => bytes >= PART);
    await tab.page.goto(`${gateway.url}/`);
    await gateway.reset();
    await tab.page.waitForSelector('#many:defined');
    await show();
    await shows(tab, 'many', 'interrupted-item');
  },
};

suite('accessibility of the element', () => {
  setUp({ www: fileURLToPath(new URL('element', import.meta.url)), args: ['--part-bytes', String(PART)] });

  for (const [state, reach] of Object.entries(STATES))
    test(`${state}: axe-core finds nothing, and 320 pixels are enough`, async (t) => {
      const tab = await openForm(t);
      await reach(tab);
      for (const [name, look] of Object.entries(LOOKS)) {
        await setLook(tab, look);
        const passes = await checkAccessibility(tab, name);
        assert.ok(passes.includes('button-name') && passes.includes('color-contrast'));
        await narrow(tab);
        assert.equal(await overflow(tab), 0, name);
      }
      assert.deepEqual(await small(tab), []);
    });

  /** What is too small to be tapped: WCAG 2.2 wants 24 pixels, and 44 pixels are usual where there is no mouse. */
  const small = (tab) =>
    evaluate(tab, 'many', ({ shadowRoot }) => {
      const least = matchMedia('(hover: none)').matches ? 44 : 24;
      return Array.from(shadowRoot.querySelectorAll('button, a, summary'))
        .filter((target) => target.checkVisibility())
        .map((target) => [target.outerHTML, target.getBoundingClientRect(), target.matches('summary') ? 24 : least])
        .filter(([, { width, height }, wanted]) => Math.min(width, height) < wanted - 0.5)
        .map(([html, { width, height }]) => `${width} × ${height}: ${html}`);
    });

  /** A body of the width that 1,280 pixels have at 400 %, because not every browser here can be resized. */
  const narrow = (tab) =>
    tab.page.evaluate(() => {
      document.body.style.width = '320px';
    });
});
