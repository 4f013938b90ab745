// What a person can choose on the page: a provider's options, a URL in place of a file, another provider for a file.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openTab } from './browser.mjs';
import { file, mp4, png, REAL } from './fixtures.mjs';
import { catchCopies, choose, copied, drop, ended, itemOf, press } from './page.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const [PHOTO, , WEBP] = REAL;
const MODEL = '#options [name="model"]';
const ROLE = '#options [name="role"]';

suite('choices on the page', () => {
  setUp();

  /** Puts a text in place of what a field has, as one who types. */
  const fill = async (tab, field, text) => {
    await tab.page.$eval(field, (element) => element.select());
    await tab.page.keyboard.press('Backspace');
    if (text) await tab.page.type(field, text);
  };
  const isShown = (tab, element) => tab.page.$eval(element, (found) => found.checkVisibility());
  const value = (tab, field) => tab.page.$eval(field, (found) => found.value);

  test('a provider has its own options, which survive a change of the provider', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'onerouter');
    assert.equal(await value(tab, MODEL), 'bytedance/seedance-2.0/virtual-portrait-reference-to-video');
    assert.equal(await value(tab, '#options [name="route"]'), 'auto');
    await fill(tab, MODEL, 'another/model');
    await choose(tab, 'relaydance');
    assert.deepEqual([await isShown(tab, MODEL), await isShown(tab, ROLE)], [false, true]);
    await choose(tab, 'onerouter');
    assert.deepEqual([await isShown(tab, MODEL), await isShown(tab, ROLE)], [true, false]);
    assert.equal(await value(tab, MODEL), 'another/model');
    await choose(tab, 'modelhunter');
    assert.equal(await isShown(tab, MODEL), false);
  });

  test('without a required option nothing is sent, and the page shows what is missing', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'onerouter');
    await fill(tab, MODEL, '');
    await tab.page.focus('#provider');
    await drop(tab, [PHOTO]);
    await tab.page.waitForSelector(`${MODEL}[aria-invalid="true"]:focus`);
    const words = await tab.page.$eval('#options .missing', (note) => note.checkVisibility() && note.textContent);
    assert.equal(words, 'Required by OneRouter.');
    assert.equal(await tab.page.$eval('#files', ({ uploader }) => uploader.tasks.length), 0);
    assert.deepEqual([await gateway.sent(), tab.errors], [[], []]);
  });

  test('a click where files go leads to the option that is missing', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'onerouter');
    await drop(tab, [PHOTO]);
    await ended(tab, PHOTO.name);
    await fill(tab, MODEL, '');
    // What has been uploaded can still be copied.
    const part = await tab.page.$eval('#files', ({ shadowRoot }) => {
      const button = shadowRoot.querySelector('[part~="copy"]');
      button.scrollIntoView();
      const { left, top, width, height } = button.getBoundingClientRect();
      return shadowRoot.elementFromPoint(left + width / 2, top + height / 2).closest('button')?.part.value;
    });
    assert.equal(part, 'button copy');
    const focused = await tab.page.$eval('#files', async (files) => {
      const zone = files.shadowRoot.querySelector('[part~="zone"]');
      zone.scrollIntoView();
      const { left, top, width, height } = zone.getBoundingClientRect();
      // Browsers dispatch no click on a disabled field.
      document.elementFromPoint(left + width / 2, top + height / 2).click();
      await new Promise((resolve) => setTimeout(resolve, 500));
      return document.activeElement.name;
    });
    assert.equal(focused, 'model');
  });

  test('an option is sent, and the request fragment is copied as JSON', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await catchCopies(tab);
    await choose(tab, 'relaydance');
    await fill(tab, ROLE, 'first_frame');
    await drop(tab, [PHOTO]);
    const { ref } = await ended(tab, PHOTO.name);
    await press(tab, PHOTO.name, '[part="fragment"] [part~="copy"]');
    assert.deepEqual(JSON.parse(await copied(tab)), {
      metadata: { content: [{ type: 'image_url', image_url: { url: ref }, role: 'first_frame' }] },
    });
    await press(tab, PHOTO.name, '[part="reference"] [part~="copy"]');
    assert.equal(await copied(tab), ref);
    assert.deepEqual(tab.errors, []);
  });

  test('a request fragment that is the bare reference is not shown twice', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'worldrouter');
    await drop(tab, [WEBP]);
    const card = await ended(tab, WEBP.name);
    assert.equal(card.words.split(card.ref).length, 2);
    assert.equal(await (await itemOf(tab, WEBP.name)).$('[part="fragment"]'), null);
  });

  test('the page shows which providers accept a file', async (t) => {
    const video = file('video.mp4', mp4(601));
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'modelhunter');
    await drop(tab, [video]);
    await ended(tab, video.name);
    await press(tab, video.name, '[part="providers"] summary');
    const card = await itemOf(tab, video.name);
    await card.waitForSelector('[part~="verdict"]');
    const verdicts = await card.$$eval('[part~="verdict"]', (all) =>
      all.map((one) => [one.dataset.provider, one.getAttribute('part').split(' ')[1], one.innerText]),
    );
    const verdictOf = Object.fromEntries(verdicts.map(([provider, ...rest]) => [provider, rest]));
    assert.deepEqual(
      verdicts.map(([provider, accepted]) => `${provider} ${accepted}`),
      ['modelhunter refuses', 'onerouter accepts', 'worldrouter refuses', 'relaydance accepts', 'apiframe accepts'],
    );
    assert.match(verdictOf.modelhunter[1], /ModelHunter does not:.*601 s; the maximum is 600 s/s);
    assert.match(verdictOf.worldrouter[1], /WorldRouter does not:.*MP4\. Supported: PNG/s);
    assert.match(verdictOf.relaydance[1], /RelayDance accepts it\s*$/);
    assert.deepEqual(await gateway.sent(), []);
  });

  test('a rejected file can be sent to another provider that accepts it', async (t) => {
    const narrow = file('narrow.png', png(100, 128));
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'modelhunter');
    await drop(tab, [narrow]);
    assert.deepEqual((await ended(tab, narrow.name)).rules, ['min_width']);
    const line = await (await itemOf(tab, narrow.name)).waitForSelector('[part="accepted-by"]', { visible: true });
    const words = await line.evaluate(({ children }) => Array.from(children, ({ textContent }) => textContent));
    assert.deepEqual(words, ['Accepted by', 'OneRouter', 'WorldRouter', 'RelayDance', 'Apiframe']);
    assert.deepEqual(await gateway.sent(), []);
    await press(tab, narrow.name, '[part~="send"][data-provider="relaydance"]');
    const done = await ended(tab, narrow.name, { states: ['succeeded'] });
    assert.deepEqual([done.sha256, done.rules], [narrow.sum, []]);
    assert.ok(done.ref.includes('/relaydance/'));
  });

  test('a URL can be sent to a provider that accepts URLs, and its query is not shown', async (t) => {
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'modelhunter');
    assert.equal(await isShown(tab, '#by-url'), false);
    await choose(tab, 'apiframe');
    await tab.page.type('#url', 'https://example.com/reference.mp4?token=secret#part');
    await tab.page.keyboard.press('Enter');
    const { words, sha256 } = await ended(tab, 'https://example.com/reference.mp4', {
      states: ['succeeded', 'failed'],
      // The sandbox tries to fetch it, and without a network that takes a while.
      seconds: 90,
    });
    assert.doesNotMatch(words, /secret|part\b/);
    assert.match(words, /URL, fetched by the provider/);
    assert.equal(sha256, null);
    assert.equal(await (await itemOf(tab, 'reference.mp4')).$('canvas, [part="providers"]:not([hidden] *)'), null);
    assert.equal(await value(tab, '#url'), '');
    const posts = tab.sent('POST').map(({ url }) => new URL(url).pathname);
    assert.deepEqual(posts, ['/providers/apiframe/v2/assets/create']);
  });

  test('a warning is shown, and the upload continues', async (t) => {
    const large = file('large.png', png(600, 400, 50_000_001));
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'onerouter');
    await drop(tab, [large]);
    const card = await ended(tab, large.name, { states: ['uploading', 'succeeded', 'failed'] });
    assert.notEqual(card.code, 'rejected');
    const note = await (await itemOf(tab, large.name)).waitForSelector(
      '[part="warning"][data-rule="recommended_max_bytes"]',
    );
    assert.match(await note.evaluate((element) => element.textContent), /recommends a URL for files above 50 MB/);
  });

  test('exceeding a limit of one request is shown for all finished assets together', async (t) => {
    const videos = [1, 2, 3, 4].map((number) => file(`video-${number}.mp4`, mp4(10)));
    const tab = await openTab(t, browser, gateway.url);
    await choose(tab, 'relaydance');
    await drop(tab, videos.slice(0, 3));
    await Promise.all(videos.slice(0, 3).map(({ name }) => ended(tab, name, { states: ['succeeded'] })));
    assert.equal(await isShown(tab, '#together'), false);
    await drop(tab, videos.slice(3));
    await ended(tab, videos[3].name, { states: ['succeeded'] });
    const line = await tab.page.waitForSelector('#together', { visible: true });
    const words = await line.evaluate((element) => element.textContent);
    assert.equal(words, 'RelayDance: there are 4 videos; the maximum is 3.');
    await press(tab, videos[0].name, '[part~="remove"]');
    await tab.page.waitForSelector('#together', { hidden: true });
  });
});
