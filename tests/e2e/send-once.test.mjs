// A POST that the browser repeats by itself, because a reused connection broke before the response, makes one asset.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, suite, test } from 'node:test';
import { BLANK, openTab } from './browser.mjs';
import { startDroppingProxy } from './dropping-proxy.mjs';
import { repeatsPosts } from './engine.mjs';
import { REAL } from './fixtures.mjs';
import { lifetime } from './lifetime.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const [PHOTO] = REAL;
const ID = '0123456789abcdef0123456789abcde';

suite('a POST whose connection breaks before the response', () => {
  setUp();
  const life = lifetime({ after });
  let proxy;
  let earlier;
  before(async () => {
    proxy = await startDroppingProxy(life, gateway.url);
  });
  beforeEach(async () => {
    earlier = assets().length;
    Object.assign(proxy, { drops: undefined, posts: [] });
    // The provider still works on the first request when the repetition comes.
    await gateway.fault({ at: 'relaydance', times: 9, fault: { delay_millis: 400 } });
  });

  /** The records of the assets that the mock provider has created. */
  function assets() {
    try {
      return readdirSync(join(gateway.data, 'mediaferry', 'relaydance')).filter((name) => name.endsWith('.json'));
    } catch {
      return [];
    }
  }

  /** The assets made since the test began, once none is being made any more. */
  async function made() {
    const open = () => proxy.posts.length;
    for (let last = -1; last !== open(); ) {
      last = open();
      await new Promise((resolve) => setTimeout(resolve, 600));
    }
    return assets().length - earlier;
  }

  async function tabThrough(t, drops) {
    const tab = await openTab(t, browser, proxy.url + BLANK);
    await tab.page.evaluate(() => fetch('/healthz').then((response) => response.text()));
    proxy.drops = drops;
    return tab;
  }

  /** POSTs the photo with this id, and again while the browser reports a failure, as the package does. */
  const post = async (tab, id) => tab.page.evaluate(postForm, await tab.holding([PHOTO]), id);

  for (const [at, drops] of ['unforwarded', 'running', 'responded'].entries()) {
    test(`fetch, ${drops}`, async (t) => {
      const tab = await tabThrough(t, drops);
      const { status, repeats } = await post(tab, ID + at);
      assert.equal(status, 200);
      assert.equal(await made(), 1);
      assert.ok(proxy.posts.every(({ id }) => id === ID + at));
      if (!repeatsPosts) return;
      assert.ok(proxy.posts[0].dropped && proxy.posts.length > 1);
      assert.equal(repeats, 0, 'the browser repeats it, and the page does not know');
    });

    test(`upload, ${drops}`, async (t) => {
      const tab = await tabThrough(t, drops);
      const { asset, error } = await tab.upload(PHOTO, { provider: 'relaydance' });
      assert.equal(asset?.sha256, PHOTO.sum, JSON.stringify(error));
      assert.equal(await made(), 1);
      const ids = new Set(proxy.posts.map(({ id }) => id));
      assert.ok(ids.size === 1 && /^[0-9a-f]{32}$/.test([...ids][0]));
      if (repeatsPosts) assert.ok(proxy.posts[0].dropped && proxy.posts.length > 1);
    });
  }

  test('without an id there are two assets, because the browser repeats the POST', {
    skip: !repeatsPosts,
  }, async (t) => {
    const tab = await tabThrough(t, 'responded');
    const { status, repeats } = await post(tab, undefined);
    assert.deepEqual([status, repeats, await made()], [200, 0, 2]);
  });
});

/** Runs in the page. */
async function postForm(input, id) {
  const body = new FormData();
  body.append('file', input.files[0]);
  const headers = id ? { 'mediaferry-attempt': id } : {};
  for (let repeats = 0; ; repeats++) {
    try {
      const { status } = await fetch('/providers/relaydance/v1/files', { method: 'POST', headers, body });
      return { status, repeats };
    } catch (error) {
      if (repeats === 3) throw error;
    }
  }
}
