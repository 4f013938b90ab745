// What <media-ferry> shows in each state: outcomes, the drop zone, files that were not added, long names, the grid.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gif } from './fix-files.mjs';
import { file, png, REAL } from './fixtures.mjs';
import { allSucceed, evaluate, focus, focused, hides, openForm, pick, press, shows, words } from './form.mjs';
import { gateway, setUp } from './setup.mjs';

const [PHOTO, PNG, WEBP] = REAL;
const TEXT = file('notes.jpg', Buffer.from('This is text, not a picture.'));
const LONG_NAME = 'a-very-long-file-name-of-the-kind-that-cameras-and-people-make-2026-11-28.jpg';
const DANCE = file('dance.gif', gif(300, 200, 12));
const AVI = file('movie.avi', readFileSync(new URL('../fixtures/media/absurd.avi', import.meta.url)));
const copies = (count) => Array.from({ length: count }, (_, at) => ({ ...PHOTO, name: `p${at}.jpg` }));

suite('the look of the element', () => {
  setUp({ www: fileURLToPath(new URL('element', import.meta.url)) });

  /** Whether two parts have the same colour, by the properties that show it. */
  const colours = (tab, id, ...wanted) =>
    tab.page.evaluate(
      (id, wanted) => {
        const { shadowRoot } = document.getElementById(id);
        return wanted.map(([selector, property]) => getComputedStyle(shadowRoot.querySelector(selector))[property]);
      },
      id,
      wanted,
    );

  test('a failure differs from a success by its icon, its border and the colour of its reason', async (t) => {
    const tab = await openForm(t);
    await pick(tab, 'many', [PHOTO, TEXT]);
    await shows(tab, 'many', 'succeeded');
    await shows(tab, 'many', 'failed');
    const icons = await evaluate(tab, 'many', ({ shadowRoot }) =>
      ['succeeded', 'failed'].map((state) => {
        const icon = shadowRoot.querySelector(`[part~="${state}"] .state > [part="icon"]`);
        return icon.checkVisibility() && icon.firstElementChild.getAttribute('d');
      }),
    );
    assert.ok(icons[0] && icons[1] && icons[0] !== icons[1]);
    const [border, status, error, other] = await colours(
      tab,
      'many',
      ['[part~="failed"]', 'borderTopColor'],
      ['[part~="failed"] [part="status"]', 'color'],
      ['[part="error"]', 'color'],
      ['[part~="succeeded"]', 'borderTopColor'],
    );
    assert.deepEqual([border, error], [status, status]);
    assert.notEqual(border, other);
    assert.equal(await words(tab, 'many', '[part~="failed"] [part="status"]'), 'Not accepted');
    assert.ok(
      await shows(tab, 'many', '[part~="failed"] [part="thumbnail"] > [part="icon"]'),
      'a file, not a grey square',
    );
  });

  test('each violation has a line of its own', async (t) => {
    const tab = await openForm(t, { provider: 'modelhunter' });
    await pick(tab, 'many', [file('narrow.png', png(100, 90))]);
    await shows(tab, 'many', 'failed');
    const reasons = await evaluate(tab, 'many', ({ shadowRoot }) =>
      Array.from(shadowRoot.querySelectorAll('[part="error"]'), ({ dataset, textContent }) => [
        dataset.rule,
        textContent,
      ]),
    );
    assert.deepEqual(reasons, [
      ['min_width', 'The width is 100 pixels; the minimum is 128 pixels.'],
      ['min_height', 'The height is 90 pixels; the minimum is 128 pixels.'],
    ]);
  });

  test('without files, the element is as high as its zone, and contains no list', async (t) => {
    const tab = await openForm(t);
    await hides(tab, 'many', 'list');
    const [host, zone] = await evaluate(tab, 'many', (many) =>
      [many, many.shadowRoot.querySelector('button')].map((element) => element.getBoundingClientRect().height),
    );
    assert.equal(host, zone);
  });

  test('with files, the zone is one line with their number, and says when it is full', async (t) => {
    const tab = await openForm(t);
    const height = () => evaluate(tab, 'many', ({ shadowRoot }) => shadowRoot.querySelector('button').offsetHeight);
    const large = await height();
    assert.equal(await words(tab, 'many', 'browse'), 'Choose files', 'also below a text of the page');
    await pick(tab, 'many', [PHOTO, PNG]);
    assert.deepEqual([await words(tab, 'many', 'browse'), await words(tab, 'many', 'count')], ['Add more', '2 of 3']);
    assert.ok((await height()) < large / 2);
    await hides(tab, 'many', 'invitation');
    await pick(tab, 'many', [WEBP]);
    await shows(tab, 'many', 'full');
    assert.equal(await words(tab, 'many', 'browse'), 'Limit of 3 files reached');
    const isOpened = await evaluate(tab, 'many', ({ shadowRoot }) => {
      let isOpened = false;
      const [input, zone] = [shadowRoot.querySelector('input'), shadowRoot.querySelector('button')];
      input.addEventListener('click', (event) => {
        event.preventDefault();
        isOpened = true;
      });
      zone.click();
      return [isOpened, zone.ariaDisabled, zone.disabled];
    });
    assert.deepEqual(isOpened, [false, 'true', false]);
    await allSucceed(tab, 'many', 3);
    await press(tab, 'many', 'remove');
    await hides(tab, 'many', 'full');
    assert.equal(await words(tab, 'many', 'browse'), 'Add more');
    await pick(tab, 'one', [PHOTO]);
    await shows(tab, 'one', 'compact');
    assert.equal(await words(tab, 'one', 'browse'), 'Replace');
  });

  test('files that were not added are one message, which can be closed', async (t) => {
    const tab = await openForm(t);
    await pick(tab, 'many', copies(5));
    assert.equal(await words(tab, 'many', 'refusals'), '2 files were not added. You can add up to 3 files.');
    await focus(tab, 'many', 'dismiss');
    await tab.page.keyboard.press('Enter');
    await hides(tab, 'many', 'refusals');
    assert.equal((await focused(tab, 'many')).split(' ')[0], 'zone');
  });

  test('the message disappears when there is room again, but not the one about a large file', async (t) => {
    const tab = await openForm(t);
    await pick(tab, 'many', [file('large.png', png(200, 200, 2_000_001)), ...copies(4)]);
    const large = 'large.png: The file is 2,000,001 bytes; the maximum is 2,000,000 bytes.';
    assert.equal(await words(tab, 'many', 'refusals'), `${large}p3.jpg: You can add up to 3 files.`);
    await allSucceed(tab, 'many', 3);
    await press(tab, 'many', 'remove');
    await hides(tab, 'many', '[part="refusal"]:nth-child(2)');
    assert.equal(await words(tab, 'many', 'refusals'), large);
    await pick(tab, 'many', [PHOTO]);
    await hides(tab, 'many', 'refusals');
  });

  test('of many different reasons, five are shown', async (t) => {
    const tab = await openForm(t, { maxFiles: 9 });
    const large = [1, 2, 3, 4, 5, 6, 7].map((number) => file(`${number}.png`, png(200, 200, 2_000_000 + number)));
    await pick(tab, 'many', large);
    // Files are added in turns.
    await shows(tab, 'many', '[part="refusal"]:nth-child(6)');
    const end = Date.now() + 10_000;
    while (!/2 more/.test(await words(tab, 'many', 'refusals')) && Date.now() < end) await sleep(20);
    assert.match(
      await words(tab, 'many', 'refusals'),
      /^1\.png: .*5\.png: The file is .*\.2 more files were not added\.$/,
    );
  });

  test('the middle of a long name is cut, its number and its extension are not', async (t) => {
    const tab = await openForm(t);
    const name = LONG_NAME;
    await evaluate(tab, 'many', (many) => {
      many.style.inlineSize = '20rem';
    });
    await pick(tab, 'many', [
      { ...PHOTO, name },
      { ...PHOTO, name: 'תמונה-ארוכה-מאוד-של-חתול-על-אבן-2026.jpg' },
    ]);
    await allSucceed(tab, 'many', 2);
    const names = await evaluate(tab, 'many', ({ shadowRoot }) =>
      Array.from(shadowRoot.querySelectorAll('[part="name"]'), (line) => {
        const [start, end] = line.querySelectorAll('span');
        const [outer, inner] = [line.getBoundingClientRect(), end.getBoundingClientRect()];
        const isInside = inner.left >= outer.left - 1 && inner.right <= outer.right + 1;
        const direction = getComputedStyle(line.firstElementChild).direction;
        return [
          line.textContent,
          line.title,
          start.scrollWidth > start.clientWidth,
          isInside,
          direction,
          end.textContent,
        ];
      }),
    );
    assert.deepEqual(names[0], [name, name, true, true, 'ltr', '1-28.jpg']);
    assert.deepEqual(names[1].slice(2), [true, true, 'rtl', '2026.jpg']);
    // In a narrow column, the first letter and the ellipsis stay visible too, and nothing sticks out.
    const [line, ...widths] = await evaluate(tab, 'many', (many) => {
      many.style.inlineSize = '16rem';
      const line = many.shadowRoot.querySelector('[part="name"]');
      const [start, end] = line.querySelectorAll('span');
      return [line, start, end].map((element) => element.getBoundingClientRect().width);
    });
    assert.ok(widths[0] >= 20 && widths[0] + widths[1] <= line + 1, `${widths} of ${line}`);
  });

  test('on a page from right to left, the number of files is at the left, in whatever language it is', async (t) => {
    const tab = await openForm(t, { maxFiles: 3 });
    await pick(tab, 'many', [PHOTO]);
    await shows(tab, 'many', 'compact');
    const gaps = () =>
      evaluate(tab, 'many', ({ shadowRoot }) => {
        const [zone, count] = ['zone', 'count'].map((part) =>
          shadowRoot.querySelector(`[part~="${part}"]`).getBoundingClientRect(),
        );
        return [count.left - zone.left < 30, zone.right - count.right < 30];
      });
    assert.deepEqual(await gaps(), [false, true]);
    await tab.page.evaluate(() => {
      document.documentElement.dir = 'rtl';
    });
    assert.deepEqual(await gaps(), [true, false]);
    await evaluate(tab, 'many', (many) => {
      many.labels = { language: 'he', add: 'הוספה', count: (files, limit) => `${files} מתוך ${limit}` };
    });
    assert.deepEqual(await gaps(), [true, false]);
  });

  test('the type of a file has no letters of the page’s language', async (t) => {
    const tab = await openForm(t);
    await tab.page.evaluate(() => {
      document.documentElement.lang = 'tr';
    });
    await pick(tab, 'many', [AVI]);
    const thumbnail = await shows(tab, 'many', 'thumbnail');
    for (const end = Date.now() + 10_000; Date.now() < end; await sleep(20))
      if (await thumbnail.evaluate(({ textContent }) => textContent)) break;
    assert.equal(await thumbnail.evaluate(({ innerText }) => innerText.trim()), 'AVI');
  });

  test('with letters of twice the size, nothing is wider than the element, and buttons keep their size', async (t) => {
    const tab = await openForm(t, { details: 'facts asset providers' });
    await pick(tab, 'many', [{ ...PHOTO, name: LONG_NAME }, TEXT]);
    for (const part of ['asset', 'failed']) await shows(tab, 'many', part);
    for (const view of ['', 'grid']) {
      const [outside, width] = await tab.page.evaluate((view) => {
        const many = document.querySelector('#many');
        many.view = view;
        document.documentElement.style.fontSize = '200%';
        document.body.style.width = '390px';
        const { left, right } = many.getBoundingClientRect();
        const outside = Array.from(many.shadowRoot.querySelectorAll('li, li *'))
          .filter((element) => element.checkVisibility() && !element.closest('svg, .split, .unseen'))
          .filter((element) => {
            const box = element.getBoundingClientRect();
            return box.width > 0 && (box.left < left - 1 || box.right > right + 1);
          });
        const button = many.shadowRoot.querySelector('[part~="remove"]').getBoundingClientRect();
        return [outside.map(({ outerHTML }) => outerHTML), button.width];
      }, view);
      assert.deepEqual(outside, [], view);
      assert.ok(width <= 48, `${width}`);
    }
  });

  test('a question is not cut off in a narrow grid', async (t) => {
    const tab = await openForm(t, { provider: 'modelhunter', view: 'grid', fix: true });
    await pick(tab, 'many', [DANCE, PHOTO]);
    await shows(tab, 'many', 'question');
    const [item, text] = await evaluate(tab, 'many', (many) => {
      many.style.inlineSize = '18rem';
      return ['li', '[part="question"] p'].map(
        (selector) => many.shadowRoot.querySelector(selector).getBoundingClientRect().right,
      );
    });
    assert.ok(text <= item, `${text} is behind ${item}`);
  });

  test('in a narrow grid, the buttons of an asset cover neither its captions nor each other', async (t) => {
    const tab = await openForm(t, { details: 'asset', view: 'grid' });
    await pick(tab, 'many', [PHOTO]);
    await shows(tab, 'many', 'asset');
    const overlaps = await evaluate(tab, 'many', (many) => {
      many.style.inlineSize = '20rem';
      const range = document.createRange();
      return Array.from(many.shadowRoot.querySelectorAll('.row'), (row) => {
        range.selectNodeContents(row.querySelector('[part="caption"]'));
        const [caption, ...buttons] = [range, ...row.querySelectorAll('button, a')].map((one) =>
          one.getBoundingClientRect(),
        );
        return buttons.some(
          ({ left, right, top, bottom }) =>
            left < caption.right && right > caption.left && top < caption.bottom && bottom > caption.top,
        );
      });
    });
    assert.ok(overlaps.length > 0 && !overlaps.includes(true), `${overlaps}`);
  });

  test('a size has no line break between the number and its unit', async (t) => {
    const tab = await openForm(t);
    await pick(tab, 'many', [PHOTO]);
    await allSucceed(tab, 'many', 1);
    assert.equal(await words(tab, 'many', 'status'), 'Uploaded · 21\u00a0kB');
  });

  test('the total is shown only while uploads wait for their turn, and until all are over', async (t) => {
    const tab = await openForm(t, { concurrency: 2 });
    const wait = { at: 'relaydance', method: 'POST', fault: { delay_millis: 1_500 } };
    await gateway.fault({ ...wait, times: 3 });
    await pick(tab, 'many', copies(2));
    await shows(tab, 'many', '[part~="uploading"]:nth-child(2)');
    await hides(tab, 'many', 'total');
    await pick(tab, 'many', [PHOTO]);
    await shows(tab, 'many', 'total');
    assert.match(await words(tab, 'many', 'total-status'), /^[012] of 3 uploaded/);
    await allSucceed(tab, 'many', 2);
    await hides(tab, 'many', 'total');
    await allSucceed(tab, 'many', 3);
  });

  test('the total counts an upload after which nothing happens for long', async (t) => {
    const tab = await openForm(t, { concurrency: 1 });
    const post = { at: 'relaydance', method: 'POST' };
    await gateway.fault({ ...post, fault: { delay_millis: 1 } }, { ...post, fault: { delay_millis: 5_000 } });
    await pick(tab, 'many', copies(3));
    await allSucceed(tab, 'many', 1);
    // It is updated four times in a second at most.
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.match(await words(tab, 'many', 'total-status'), /^1 of 3 uploaded/);
  });

  test('view="grid" shows the uploads beside each other, with large thumbnails', async (t) => {
    const tab = await openForm(t);
    await pick(tab, 'many', [PHOTO, PNG]);
    await allSucceed(tab, 'many', 2);
    await shows(tab, 'many', '[part="thumbnail"] > canvas');
    const measure = () =>
      evaluate(tab, 'many', ({ shadowRoot }) => {
        const [first, second] = shadowRoot.querySelectorAll('li');
        const { width } = first.querySelector('[part="thumbnail"]').getBoundingClientRect();
        return [first.offsetTop === second.offsetTop, width > 120, shadowRoot.querySelector('canvas').width];
      });
    assert.deepEqual(await measure(), [false, false, 128]);
    await evaluate(tab, 'many', (many) => {
      many.view = 'grid';
    });
    for (let tries = 0; tries < 100 && (await measure())[2] === 128; tries++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(await measure(), [true, true, 240], 'the photo has 240 rows');
  });
});
