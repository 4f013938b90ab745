// The states of which screenshots are taken, by page and name, with the steps to reach each.

import { readFileSync } from 'node:fs';
import { bitmap, gif } from '../../tests/e2e/fix-files.mjs';
import { file, mp4, png, REAL } from '../../tests/e2e/fixtures.mjs';
import { evaluate, pick, shows } from '../../tests/e2e/form.mjs';
import { choose, pick as pickOnPage } from '../../tests/e2e/page.mjs';
import { slowAfter, storedBytes } from '../../tests/e2e/resumable.mjs';

const [PHOTO, DRAWING, WEBP, MOVIE] = REAL;
const LONG = { ...WEBP, name: 'a-very-long-file-name-of-the-kind-that-cameras-make-2026-11-28.webp' };
const HEBREW = { ...PHOTO, name: 'תמונה-ארוכה-מאוד-של-חתול-על-האבן-2026.jpg' };
const TEXT = file('notes.jpg', Buffer.from('This is text, not a picture.'));
const HEIC = file('holiday.heic', readFileSync(new URL('../../tests/fixtures/media/picture.heic', import.meta.url)));
const DANCE = file('dance.gif', gif(300, 200, 12));
const FIXABLE = [PHOTO, DANCE, file('a-very-long-name-of-a-drawing-2026.bmp', bitmap(200, 160)), HEIC];
const LIMITS = { provider: 'modelhunter', maxFiles: 9, maxFileSize: null };

/** Removes all elements except the second, and sets its properties. */
const arrange = (tab, properties) =>
  tab.page.evaluate((properties) => {
    document.querySelector('#one').remove();
    document.querySelector('label').htmlFor = 'many';
    Object.assign(document.querySelector('#many'), properties);
  }, properties);

/** Waits until no upload runs. */
const idle = (tab, selector = '#many') =>
  tab.page.evaluate(async (selector) => {
    const { uploader } = document.querySelector(selector);
    await uploader.start();
    await new Promise((resolve) => setTimeout(resolve, 800));
  }, selector);

/** The size of the parts in which the sandbox stores large files. */
export const PART = 1_000_000;

/** Eight files, of which the last three are rejected. */
export const mixed = [PHOTO, LONG, DRAWING, HEBREW, MOVIE, TEXT, HEIC, file('narrow.png', png(100, 90))];

/** Files of which one takes long to upload. */
export const slow = [PHOTO, file('clip.mp4', mp4(10, 30_000_000)), LONG];

/** More than three files, of which one is larger than 1 MB. */
export const tooMany = [
  file('big.png', png(200, 200, 2_000_000)),
  ...[1, 2, 3, 4, 5].map((number) => ({ ...PHOTO, name: `p${number}.jpg` })),
];

/** As many files as a phone's camera makes on a trip. */
export const thirty = Array.from({ length: 30 }, (_, at) => ({
  ...[PHOTO, WEBP, DRAWING][at % 3],
  name: `IMG_${4301 + at}.jpg`,
}));

async function fill(tab, properties, files = mixed) {
  await arrange(tab, { ...LIMITS, ...properties });
  await pick(tab, 'many', files);
  await idle(tab);
}

async function uploading(tab, gateway, properties) {
  await gateway.fault({ at: 'storage', method: 'PUT', times: 20, fault: { delay_millis: 60_000 } });
  await arrange(tab, { ...LIMITS, ...properties });
  await pick(tab, 'many', slow);
  await shows(tab, 'many', '[part~="uploading"]:nth-child(2)');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
}

/** Reloads the page while two uploads are in progress. */
async function interrupted(tab, gateway) {
  const options = { multipartThreshold: 1, concurrency: 2 };
  const show = () => arrange(tab, { ...LIMITS, provider: 'apiframe', resume: true, options });
  await gateway.fault(...slowAfter(3));
  await show();
  const long = { ...LONG, name: LONG.name.replace('webp', 'mp4'), bytes: mp4(20, 12 * PART) };
  await pick(tab, 'many', [file('clip.mp4', mp4(10, 5 * PART)), long]);
  await storedBytes(tab, (bytes) => bytes >= 4 * PART);
  await tab.page.reload();
  await gateway.reset();
  await show();
  await shows(tab, 'many', '[part="interrupted-item"]:nth-child(2)');
  await pick(tab, 'many', [PHOTO]);
  await idle(tab);
}

/** Two files that are uploaded, and two that fail: all requests of the uploads do. */
async function offline(tab, gateway) {
  await fill(tab, { options: { retryTimeout: 0 } }, [PHOTO, LONG]);
  await gateway.fault({ at: 'storage', method: 'PUT', times: 9, fault: { cut_after_bytes: 0 } });
  await pick(tab, 'many', [{ ...PHOTO, name: 'second.jpg' }, HEBREW]);
  await idle(tab);
}

/** Twelve of thirty files are uploaded; the others are in progress or wait. */
async function many(tab, gateway, properties) {
  await fill(tab, { maxFiles: 40, ...properties }, thirty.slice(0, 12));
  await gateway.fault({ at: 'storage', method: 'PUT', times: 20, fault: { delay_millis: 60_000 } });
  await pick(tab, 'many', thirty.slice(12));
  await shows(tab, 'many', '[part~="item"]:nth-child(30)');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
}

async function demo(tab, provider, files) {
  await choose(tab, provider);
  await pickOnPage(tab, files);
  await idle(tab, '#files');
}

export const STATES = {
  element: {
    empty: (tab) => arrange(tab, LIMITS),
    plain: (tab) =>
      tab.page.evaluate(() => {
        const [one, many] = document.querySelectorAll('media-ferry');
        many.replaceChildren();
        one.disabled = true;
      }),
    full: (tab) => fill(tab, {}),
    uploading: (tab, gateway) => uploading(tab, gateway, {}),
    waiting: (tab, gateway) => uploading(tab, gateway, { concurrency: 2 }),
    paused: async (tab, gateway) => {
      await uploading(tab, gateway, { concurrency: 2 });
      await evaluate(tab, 'many', ({ uploader }) => uploader.tasks[1].pause());
      await shows(tab, 'many', 'paused');
    },
    thirty: (tab, gateway) => many(tab, gateway, {}),
    'grid-thirty': (tab, gateway) => many(tab, gateway, { view: 'grid' }),
    refused: (tab) => fill(tab, { maxFiles: 3, maxFileSize: 1_000_000 }, tooMany),
    retrying: async (tab, gateway) => {
      await gateway.fault({ at: 'storage', method: 'PUT', times: 9, fault: { status: 503, retry_after: '60' } });
      await arrange(tab, LIMITS);
      await pick(tab, 'many', [PHOTO]);
      await shows(tab, 'many', 'uploading');
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    },
    offline,
    asking: async (tab) => {
      await arrange(tab, { ...LIMITS, fix: true });
      await pick(tab, 'many', FIXABLE);
      await shows(tab, 'many', '[part~="item"]:nth-child(3) [part~="question"]');
    },
    interrupted,
    grid: (tab) => fill(tab, { view: 'grid', details: 'video facts' }),
    'grid-uploading': (tab, gateway) => uploading(tab, gateway, { view: 'grid' }),
    details: async (tab) => {
      await fill(tab, { provider: 'relaydance', details: 'all' }, [{ ...DRAWING, name: 'drawing.jpg' }, MOVIE, TEXT]);
      await evaluate(tab, 'many', async ({ shadowRoot }) => {
        for (const details of shadowRoot.querySelectorAll('details')) details.open = true;
        await new Promise((resolve) => setTimeout(resolve, 500));
      });
    },
    'grid-details': (tab) => fill(tab, { view: 'grid', provider: 'relaydance', details: 'all' }),
  },
  demo: {
    empty: (tab) => choose(tab, 'modelhunter'),
    full: (tab) => demo(tab, 'relaydance', [PHOTO, LONG, MOVIE, TEXT]),
    rejected: (tab) => demo(tab, 'modelhunter', [HEIC, file('narrow.png', png(100, 128))]),
    fix: async (tab) => {
      await choose(tab, 'modelhunter');
      await tab.page.$eval('#fix', (box) => box.click());
      await pickOnPage(tab, [...FIXABLE, file('wide.png', png(2_000, 300))]);
      await tab.page.waitForFunction(() =>
        document.querySelector('#files').shadowRoot.querySelector('[part~="question"]'),
      );
      await new Promise((resolve) => setTimeout(resolve, 800));
    },
    grid: async (tab) => {
      await demo(tab, 'modelhunter', mixed);
      await tab.page.$eval('#grid', (box) => box.click());
    },
    'option-missing': async (tab) => {
      await choose(tab, 'onerouter');
      await tab.page.$eval('#options [name="model"]', (field) => field.select());
      await tab.page.keyboard.press('Backspace');
    },
    assets: async (tab) => {
      await demo(tab, 'onerouter', [PHOTO, DRAWING]);
      await tab.page.$eval('#assets', (panel) => {
        panel.open = true;
      });
      await tab.page.waitForSelector('#assets li:nth-child(2)');
    },
    url: async (tab) => {
      await choose(tab, 'apiframe');
      await tab.page.type('#url', 'https://example.com/reference.mp4');
      await tab.page.keyboard.press('Enter');
      await idle(tab, '#files');
    },
    together: (tab) => {
      const videos = [1, 2, 3, 4].map((number) => file(`video-${number}.mp4`, mp4(10)));
      return demo(tab, 'relaydance', videos);
    },
  },
};
