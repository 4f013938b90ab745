// All providers by the package: real files become assets that can be read back, and each provider's own ways.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BLANK, openTab } from './browser.mjs';
import { file, mp4, png, REAL, sha256 } from './fixtures.mjs';
import { browser, gateway, setUp } from './setup.mjs';

const [PHOTO, PNG, WEBP, MOVIE] = REAL;
const MODEL = 'bytedance/seedance-2.0/virtual-portrait-reference-to-video';
const DAY = 24 * 3600 * 1000;

/** What each provider is given beside the file, and the part of a generation request that its page shows. */
const PROVIDERS = {
  modelhunter: {
    files: [PHOTO, PNG, WEBP, MOVIE],
    fragment: ({ ref, media }) => ({ input: { [`${media.kind}_url`]: ref } }),
  },
  onerouter: {
    options: { model: MODEL },
    files: [PHOTO, MOVIE],
    fragment: ({ ref, media }) => (media.kind === 'image' ? { image_urls: [ref] } : ref),
    days: 7,
  },
  worldrouter: { files: [PHOTO, PNG, WEBP], fragment: ({ ref }) => ref, days: 7 },
  relaydance: {
    files: [PHOTO, MOVIE],
    fragment: ({ ref, media }) =>
      media.kind === 'image'
        ? { metadata: { content: [{ type: 'image_url', image_url: { url: ref }, role: 'reference_image' }] } }
        : ref,
  },
  apiframe: {
    files: [PHOTO, MOVIE],
    fragment: ({ ref, media }) => ({ seedanceParams: { [`reference_${media.kind}_urls`]: [ref] } }),
  },
};

suite('every provider', () => {
  setUp();

  const open = (t) => openTab(t, browser, gateway.url + BLANK);

  for (const [provider, { options, files, fragment, days }] of Object.entries(PROVIDERS)) {
    test(`${provider} creates assets whose content is that of the files`, async (t) => {
      const tab = await open(t);
      for (const given of files) {
        const { asset, error } = await tab.upload(given, { provider, ...options });
        assert.equal(asset?.sha256, given.sum, `${given.name}: ${error?.message}`);
        assert.deepEqual(asset.requestFragment, fragment(asset));
        assert.equal(asset.ref, asset.uri ?? asset.url);
        assert.equal(asset.ref.startsWith('asset://'), ['onerouter', 'apiframe'].includes(provider));
        const response = await fetch(asset.url);
        assert.equal(response.headers.get('content-type'), given.type);
        assert.equal(sha256(Buffer.from(await response.arrayBuffer())), given.sum);
        if (days) assert.ok(Math.abs(asset.expiresAt - Date.now() - days * DAY) < 60_000, asset.expiresAt);
      }
      assert.deepEqual(tab.errors, []);
      await nothingSecretIsLogged();
    });
  }

  test('a file for Apiframe is sent via staging, in one call', async (t) => {
    const tab = await open(t);
    const { asset, stages, progress } = await tab.upload(MOVIE, { provider: 'apiframe' });
    // On a busy machine the bytes may arrive before they are hashed, which is then a stage of its own.
    const hash = stages.includes('hash') ? ['hash'] : [];
    assert.deepEqual(stages, ['inspect', 'ticket', 'transfer', ...hash, 'submit', 'process']);
    assert.match(asset.ref, /^asset:\/\/\w+$/);
    const sent = await gateway.sent();
    assert.deepEqual(
      sent.map((line) => line.replace(/staging\/\S+/, 'staging/{key}')),
      [
        'gateway POST /staging 200',
        'storage PUT /mediaferry/staging/{key} 200',
        'gateway POST /providers/apiframe/v2/assets/create 201',
      ],
    );
    assert.equal(progress.at(-1).fraction, 1);
    await nothingSecretIsLogged();
  });

  test('a file over 50 MB is sent to OneRouter as a URL, with a warning', async (t) => {
    const tab = await open(t);
    const large = file('large.png', png(600, 400, 50_000_001));
    const { asset, warnings, error } = await tab.upload(large, { provider: 'onerouter', model: MODEL });
    assert.equal(asset?.sha256, large.sum, error?.message);
    assert.deepEqual(warnings, [{ rule: 'recommended_max_bytes', actual: 50_000_001, limit: 50_000_000 }]);
    assert.equal(asset.raw.data.upload_source, 'remote_url');
    const forced = await tab.upload(large, { provider: 'onerouter', model: MODEL, route: 'form' });
    assert.equal(forced.asset?.sha256, large.sum, forced.error?.message);
    assert.notEqual(forced.asset.raw.data.upload_source, 'remote_url');
  });

  test('a URL is fetched by providers that accept URLs, and rejected by others', async (t) => {
    const tab = await open(t);
    const { asset } = await tab.upload(PHOTO, { provider: 'relaydance' });
    const options = { onerouter: { model: MODEL }, apiframe: {} };
    for (const [provider, own] of Object.entries(options)) {
      const { asset: copy, error, stages } = await tab.upload(asset.url, { provider, ...own });
      assert.ok(copy, error?.message);
      assert.deepEqual(stages, ['inspect', 'submit', 'process']);
      assert.equal(sha256(Buffer.from(await (await fetch(copy.url)).arrayBuffer())), PHOTO.sum);
    }
    for (const provider of ['modelhunter', 'worldrouter', 'relaydance']) {
      const { error } = await tab.upload(asset.url, { provider });
      assert.deepEqual(
        [error?.code, error?.violations],
        ['rejected', [{ rule: 'source', actual: 'URL', limit: ['file'] }]],
      );
    }
    for (const url of ['ftp://example.com/a.png', 'a.png', 'javascript:alert(1)', 'https://']) {
      const { error } = await tab.upload(url, { provider: 'apiframe' });
      assert.deepEqual([error?.code, error?.violations?.[0].rule], ['rejected', 'scheme'], url);
    }
    const unknown = await tab.upload('https://example.com/media', { provider: 'apiframe' });
    assert.deepEqual(unknown.error?.violations?.[0].rule, 'known_kind');
  });

  test('a URL that cannot be fetched fails in the stage process', async (t) => {
    const tab = await open(t);
    const missing = `${gateway.url}/sandbox/relaydance/cdn/none.png`;
    for (const [provider, own] of [
      ['onerouter', { model: MODEL }],
      ['apiframe', {}],
    ]) {
      const { error } = await tab.upload(missing, { provider, ...own });
      assert.equal(error?.code, 'processing_failed', `${provider}: ${error?.message}`);
      assert.ok(error.providerMessage, 'the provider says why');
    }
  });

  test('OneRouter without a model rejects with a TypeError', async (t) => {
    const tab = await open(t);
    const { error } = await tab.upload(PHOTO, { provider: 'onerouter' });
    assert.equal(error?.name, 'TypeError');
    assert.match(error.message, /OneRouter: option 'model' must be/);
    assert.deepEqual(await gateway.sent(), []);
  });

  test('the assets of an account are listed page by page, and deleted', async (t) => {
    const tab = await open(t);
    const options = { provider: 'onerouter', model: MODEL };
    const before = (await tab.call('listAssets', undefined, options)).length;
    const sums = [];
    for (const given of [PHOTO, PNG, WEBP]) sums.push((await tab.upload(given, options)).asset.id);
    const listed = await tab.call('listAssets', undefined, { ...options, pageSize: 2 });
    assert.equal(listed.length, before + 3);
    assert.deepEqual(
      listed
        .slice(0, 3)
        .map(({ id }) => id)
        .toSorted(),
      sums.toSorted(),
    );
    assert.ok(listed.slice(0, 3).every(({ ref, status }) => ref.startsWith('asset://') && status === 'active'));
    assert.equal(await tab.call('deleteAsset', sums[0], options), undefined);
    const left = await tab.call('listAssets', undefined, options);
    assert.equal(left.length, before + 2);
    const again = await tab.call('deleteAsset', sums[0], options);
    assert.deepEqual([again.error?.code, again.error?.name], ['refused', 'UploadError']);
    const huge = await tab.call('listAssets', undefined, { ...options, pageSize: 101 });
    assert.deepEqual(huge.error?.violations, [{ rule: 'page_size', actual: 101, limit: 100 }]);
    const none = await tab.call('listAssets', undefined, { provider: 'apiframe' });
    assert.match(none.error?.message, /Apiframe cannot list or delete assets/);
  });

  test('check() returns which providers accept a file', async (t) => {
    const tab = await open(t);
    const verdicts = async (given) =>
      Object.fromEntries(
        (await tab.call('check', given)).map(({ provider, accepted, violations, warnings }) => [
          provider,
          [accepted, ...violations, ...warnings].map((word) => word.rule ?? word).join(' '),
        ]),
      );
    assert.deepEqual(await verdicts(file('small.png', png(127, 128))), {
      modelhunter: 'false min_width',
      onerouter: 'true',
      worldrouter: 'true',
      relaydance: 'true',
      apiframe: 'true',
    });
    const large = await verdicts(file('large.mp4', mp4(601, 50_000_001)));
    assert.deepEqual(large, {
      modelhunter: 'false max_duration',
      onerouter: 'true recommended_max_bytes',
      worldrouter: 'false format',
      relaydance: 'true',
      apiframe: 'true',
    });
    const text = await verdicts(file('letter.png', Buffer.from('Dear reader. '.repeat(40))));
    assert.ok(Object.values(text).every((verdict) => verdict === 'false format'));
    assert.deepEqual(await gateway.sent(), []);
  });

  test('checkRequest() counts the references of one request', async (t) => {
    const tab = await open(t);
    const kinds = (images, videos) => [
      ...Array(images).fill({ kind: 'image' }),
      ...Array(videos).fill({ kind: 'video' }),
    ];
    const relaydance = { provider: 'relaydance' };
    assert.deepEqual(await tab.call('checkRequest', kinds(9, 3), relaydance), []);
    assert.deepEqual(await tab.call('checkRequest', kinds(10, 4), relaydance), [
      { rule: 'max_images', actual: 10, limit: 9 },
      { rule: 'max_videos', actual: 4, limit: 3 },
    ]);
  });

  test("WorldRouter's limit of the dashboard can be selected", async (t) => {
    const tab = await open(t);
    const given = file('photo.png', png(600, 400, 4_000_001));
    const { error } = await tab.upload(given, { provider: 'worldrouter', limit: 'dashboard' });
    assert.deepEqual(error?.violations, [{ rule: 'max_bytes', actual: 4_000_001, limit: 4_000_000 }]);
    const { asset } = await tab.upload(given, { provider: 'worldrouter' });
    assert.equal(asset?.sha256, given.sum);
  });
});

/** Neither the sandbox's key nor a signature, in anything that the gateway has said so far. */
async function nothingSecretIsLogged() {
  assert.doesNotMatch(await gateway.settled(), /sandbox-key|X-Amz|Signature/i);
}
