// What a browser does with an orientation differs. The result of a fix is upright and undistorted in any case.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BLANK, openTab } from './browser.mjs';
import { withOrientation } from './fix-files.mjs';
import { file } from './fixtures.mjs';
import { browser, gateway, setUp } from './setup.mjs';

/** The corners of the stored picture, from the top left to the bottom right, as each orientation displays them. */
const CORNERS = { 1: 'rgbw', 2: 'grwb', 3: 'wbgr', 4: 'bwrg', 5: 'rbgw', 6: 'brwg', 7: 'wgbr', 8: 'gwrb' };
const ALL = [1, 2, 3, 4, 5, 6, 7, 8];

suite('the orientation of fixes', () => {
  setUp();
  const open = (t) => openTab(t, browser, gateway.url + BLANK);

  for (const type of ['image/jpeg', 'image/png', 'image/webp'])
    test(`${type} in each orientation, in a worker`, async (t) => {
      const tab = await open(t);
      const pictures = { wide: await drawn(tab, type, 120, 80), square: await drawn(tab, type, 96, 96) };
      if (!pictures.wide) return t.skip('this browser does not encode it');
      const places = type === 'image/png' ? [undefined, 'behind'] : [undefined];
      for (const [shape, picture] of Object.entries(pictures))
        for (const place of places)
          for (const orientation of ALL) {
            const [width, height] = sidesOf(shape, orientation);
            const given = file(`picture.${type.slice(6)}`, withOrientation(picture, orientation, place));
            const found = await fixIn(tab, [given], { mimes: [type === 'image/png' ? 'image/jpeg' : 'image/png'] });
            assert.deepEqual(found, [{ width, height, corners: CORNERS[orientation] }], `${shape} ${place}`);
          }
    });

  test('an orientation that the probe reads, but not every browser', async (t) => {
    const tab = await open(t);
    const picture = await drawn(tab, 'image/jpeg', 120, 80);
    for (const orientation of [3, 6]) {
      const given = file('byte.jpg', withOrientation(picture, orientation, 'byte'));
      const read = (await tab.call('probe', given)).orientation ?? 1;
      const [width, height] = sidesOf('wide', read);
      const found = await fixIn(tab, [given], { mimes: ['image/png'] });
      assert.deepEqual(found, [{ width, height, corners: CORNERS[read] }]);
    }
  });

  test('what is padded, cropped or much smaller is upright, too', async (t) => {
    const tab = await open(t);
    const type = 'image/png';
    const pano = file('pano.png', withOrientation(await drawn(tab, type, 240, 60), 6, 'behind'));
    const large = file('large.png', withOrientation(await drawn(tab, type, 1200, 800), 8, 'behind'));
    for (const kind of ['pad', 'crop']) {
      const options = { allow: [kind], background: 'black' };
      const [found] = await fixIn(tab, [pano], { maxAspectRatio: 2 }, options);
      const [width, height] = kind === 'pad' ? [120, 240] : [60, 120];
      assert.deepEqual(found, { width, height, corners: CORNERS[6] }, kind);
    }
    const [{ width, height, corners }] = await fixIn(tab, [large], { mimes: ['image/jpeg'], maxBytes: 4000 });
    assert.ok(height < 500 && Math.abs(width / height - 2 / 3) < 0.01, `${width} × ${height}`);
    assert.equal(corners, CORNERS[8]);
  });

  test('browsers that turn nothing, or everything, on the main thread', async (t) => {
    const tab = await open(t);
    const rule = { mimes: ['image/png'] };
    for (const engine of ['turns nothing', 'turns everything'])
      for (const shape of ['wide', 'square']) {
        const picture = await drawn(tab, 'image/jpeg', ...sidesOf(shape));
        const given = ALL.map((orientation) => file(`${orientation}.jpg`, withOrientation(picture, orientation)));
        const found = await fixIn(tab, given, rule, { engine });
        const expected = ALL.map((orientation) => {
          const [width, height] = sidesOf(shape, orientation);
          return { width, height, corners: CORNERS[orientation] };
        });
        assert.deepEqual(found, expected, `${engine}, ${shape}`);
      }
  });

  test('what the browser turns by an orientation that the probe does not know stays undistorted', async (t) => {
    const tab = await open(t);
    const given = [file('plain.jpg', await drawn(tab, 'image/jpeg', 120, 80))];
    const found = await fixIn(tab, given, { mimes: ['image/png'] }, { engine: 'turns unasked' });
    assert.deepEqual(found, [{ width: 80, height: 120, corners: CORNERS[6] }]);
  });

  test('an image that is decoded in another shape is rejected', async (t) => {
    const tab = await open(t);
    const given = [file('plain.jpg', await drawn(tab, 'image/jpeg', 120, 80))];
    const [{ cause }] = await fixIn(tab, given, { mimes: ['image/png'] }, { engine: 'distorts' });
    assert.match(cause, /NotSupportedError: the image was decoded with 60 × 80 pixels instead of 120 × 80/);
  });

  test('pixels that a page decodes are turned only if their sides are not those of the upright image', async (t) => {
    const tab = await open(t);
    const rule = { mimes: ['image/png'] };
    const corners = async (orientation, decodeTiff) => {
      const [found] = await fixIn(tab, [file('a.tif', tiff(120, 80, orientation))], rule, { decodeTiff });
      return found;
    };
    assert.deepEqual(await corners(6, [120, 80]), { width: 80, height: 120, corners: CORNERS[6] });
    assert.deepEqual(await corners(6, [80, 120]), { width: 80, height: 120, corners: CORNERS[1] });
    assert.deepEqual(await corners(3, [120, 80]), { width: 120, height: 80, corners: CORNERS[1] });
    assert.deepEqual(await corners(1, [60, 40]), { width: 120, height: 80, corners: CORNERS[1] });
    assert.match((await corners(1, [60, 60])).cause, /NotSupportedError: the image was decoded/);
  });
});

function sidesOf(shape, orientation = 1) {
  if (shape === 'square') return [96, 96];
  return orientation > 4 ? [80, 120] : [120, 80];
}

/** The header of a TIFF without pixels that it states, but with as many bytes. */
function tiff(width, height, orientation) {
  const values = [
    [256, width],
    [257, height],
    [258, 8],
    [259, 1],
    [262, 1],
    [273, 122],
    [274, orientation],
    [278, height],
    [279, width * height],
  ];
  const bytes = Buffer.alloc(122 + width * height);
  bytes.write('MM\0*\0\0\0\b\0\t', 'latin1');
  for (const [at, [tag, value]] of values.entries()) {
    bytes.writeUInt16BE(tag, 10 + at * 12);
    bytes.writeUInt16BE(4, 12 + at * 12);
    bytes.writeUInt32BE(1, 14 + at * 12);
    bytes.writeUInt32BE(value, 18 + at * 12);
  }
  return bytes;
}

/** A picture with four colours, as the browser encodes it; nothing if it does not. */
async function drawn(tab, type, width, height) {
  const bytes = await tab.page.evaluate(
    async (type, width, height) => {
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d');
      for (const [at, color] of ['#f00', '#0f0', '#00f', '#fff'].entries()) {
        context.fillStyle = color;
        context.fillRect(((at & 1) * width) / 2, ((at >> 1) * height) / 2, width / 2, height / 2);
      }
      const blob = await canvas.convertToBlob({ type, quality: 1 });
      return blob.type === type ? [...new Uint8Array(await blob.arrayBuffer())] : undefined;
    },
    type,
    width,
    height,
  );
  return bytes && Buffer.from(bytes);
}

/** Fixes the files at a provider with this rule, and reads the corners of the results. */
async function fixIn(tab, given, rule, options = {}) {
  const input = await tab.holding(given);
  return await tab.page.evaluate(callFix, input, rule, options);
}

/** Runs in the page. */
async function callFix(input, rule, { engine, decodeTiff, ...options }) {
  const { defineProvider, fix, init } = await import('/mediaferry/index.js');
  const decode = globalThis.decode ?? globalThis.createImageBitmap;
  globalThis.decode = decode;
  if (engine) await init({ drawWorker: false });
  if (engine) globalThis.createImageBitmap = (source, ...more) => decodeAs(source, more);
  const provider = defineProvider({ rules: [rule], sign: () => ({}) });
  const callbacks = decodeTiff ? { decodeTiff: () => picture(...decodeTiff) } : {};
  const results = [];
  for (const one of input.files)
    results.push(await fix(one, { provider, ...options, ...callbacks }).then(read, failed));
  return results;

  function failed({ cause, message }) {
    return { cause: String(cause ?? message) };
  }

  /** The size of the result, and the colours near its corners. */
  async function read({ file }) {
    const bitmap = await decode(file);
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    // Padding takes a quarter on either side.
    const near = (side) => [Math.round(side * 0.35), Math.round(side * 0.65)];
    const corners = near(height).flatMap((y) => near(width).map((x) => color(context.getImageData(x, y, 1, 1).data)));
    return { width, height, corners: corners.join('') };
  }

  function color([red, green, blue, alpha]) {
    const high = [red, green, blue].map((value) => (value > 200 ? '1' : value < 60 ? '0' : '?')).join('');
    return alpha > 200 ? ({ 100: 'r', '010': 'g', '001': 'b', 111: 'w' }[high] ?? '.') : '.';
  }

  function picture(width, height) {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    for (const [at, color] of ['#f00', '#0f0', '#00f', '#fff'].entries()) {
      context.fillStyle = color;
      context.fillRect(((at & 1) * width) / 2, ((at >> 1) * height) / 2, width / 2, height / 2);
    }
    return canvas.transferToImageBitmap();
  }

  /** Decodes as another browser would. */
  async function decodeAs(source, more) {
    if (!(source instanceof Blob)) return await decode(source, ...more);
    const bytes = new Uint8Array(await source.arrayBuffer());
    const at = bytes.findIndex((_, at) =>
      [1, 0x12, 0, 3, 0, 0, 0, 1, 0].every((byte, next) => bytes[at + next] === byte),
    );
    const orientation = at < 0 ? 1 : bytes[at + 9];
    if (at >= 0) bytes[at + 9] = 1;
    const stored = await decode(new Blob([bytes], { type: source.type }));
    if (engine === 'turns nothing') return stored;
    if (engine === 'distorts') return await decode(stored, { resizeWidth: 60, resizeHeight: 80 });
    return turned(stored, engine === 'turns unasked' ? 6 : orientation);
  }

  /** Turns by rotations of 90 degrees and one reflection. */
  function turned(bitmap, orientation) {
    const [quarters, isMirrored] = { 1: [0], 2: [0, 1], 3: [2], 4: [2, 1], 5: [1, 1], 6: [1], 7: [3, 1], 8: [3] }[
      orientation
    ];
    const { width, height } = bitmap;
    const canvas = quarters & 1 ? new OffscreenCanvas(height, width) : new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    context.translate(canvas.width / 2, canvas.height / 2);
    if (isMirrored) context.scale(-1, 1);
    context.rotate((quarters * Math.PI) / 2);
    context.drawImage(bitmap, -width / 2, -height / 2);
    return canvas.transferToImageBitmap();
  }
}
