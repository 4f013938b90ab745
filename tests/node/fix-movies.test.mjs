// What a conversion with mediabunny may lose: nothing that the plan does not name. Copies need no browser.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as mediabunny from 'mediabunny';
import { bundled } from './bundled.mjs';

const root = new URL('../../', import.meta.url);
const { defineProvider, fix, init, plan, probe } = await import(new URL('dist/index.js', root));
const read = (path) => readFileSync(new URL(path, root));
const movie = (name) => new File([read(`tests/fixtures/fix/${name}`)], name);

await init({
  wasm: read('dist/core.wasm'),
  formats: read('dist/formats.wasm'),
  fix: read('dist/fix.wasm'),
  worker: false,
});

const [MKV, MP4] = ['video/x-matroska', 'video/mp4'].map((mime) =>
  defineProvider({ rules: [{ mimes: [mime] }], sign: () => ({}) }),
);
const ALL = async () => mediabunny;
const convert = (source, options = {}) => fix(source, { provider: MKV, videoTools: ALL, ...options });
const rejected = async (promise) => String((await promise.catch((error) => error)).cause);

async function tracksOf(file) {
  const source = new mediabunny.BlobSource(file);
  const input = new mediabunny.Input({ source, formats: mediabunny.ALL_FORMATS });
  return (await input.getTracks()).map((track) => track.type).join();
}

test('all tracks of a movie are kept', async () => {
  const { file, report } = await convert(movie('two-sounds.mov'));
  assert.equal(await tracksOf(file), 'video,audio,audio');
  assert.deepEqual(
    report.steps.map(({ kind, lossless }) => [kind, lossless]),
    [['remux', true]],
  );
});

test('a movie whose last fragments would be lost is rejected', async () => {
  const source = movie('fragments.mov');
  assert.equal((await plan(source, { provider: MP4, videoTools: ALL })).steps[0].kind, 'remux');
  for (const provider of [MP4, MKV])
    assert.match(
      await rejected(convert(source, { provider })),
      /^OperationError: the result takes 1\.\d s instead of 4/,
    );
});

test('a movie whose start cannot be copied is rejected where it cannot be encoded', async () => {
  for (const options of [{}, { allow: ['remux'] }])
    assert.match(await rejected(convert(movie('edit.mov'), options)), /^NotSupportedError: .*cannot_copy/);
  const provider = defineProvider({ rules: [{ maxDuration: 1.5 }], sign: () => ({}) });
  assert.match(await rejected(convert(movie('edit.mov'), { provider })), /^NotSupportedError: .*cannot_copy/);
});

test('a movie is trimmed without encoding', async () => {
  const provider = defineProvider({ rules: [{ maxDuration: 1.5 }], sign: () => ({}) });
  const { file, report } = await convert(movie('two-sounds.mov'), { provider });
  assert.equal(await tracksOf(file), 'video,audio,audio');
  assert.ok(report.steps[0].to.duration > 1 && report.steps[0].to.duration <= 1.5);
});

test('a result without a track of the source, or with another duration, is rejected', async () => {
  const results = {
    'tests/fixtures/media/sound.m4a': /^OperationError: the video is missing/,
    'tests/fixtures/fix/edit.mov': /^OperationError: the result takes 2\.5 s instead of 2\.0 s/,
  };
  for (const [path, expected] of Object.entries(results)) {
    const videoTools = async () => ({ ...mediabunny, Conversion: scripted(read(path)) });
    assert.match(await rejected(convert(movie('two-sounds.mov'), { videoTools })), expected);
  }
});

test('sound in M4A is AAC or Opus, as the browser encodes it', async () => {
  const provider = defineProvider({ rules: [{ mimes: ['audio/mp4'] }], sign: () => ({}) });
  globalThis.AudioEncoder = { isConfigSupported: async () => ({ supported: true }) };
  const asked = [];
  const Conversion = scripted(read('tests/fixtures/media/sound.m4a'), asked);
  const tools = (codec) => async () => ({ ...mediabunny, Conversion, getFirstEncodableAudioCodec: async () => codec });
  const sound = new File([read('tests/fixtures/media/pcm.wav')], 'pcm.wav');
  for (const codec of ['aac', 'opus']) await rejected(convert(sound, { provider, videoTools: tools(codec) }));
  assert.deepEqual(
    asked.map(({ codec }) => codec),
    ['aac', 'opus'],
  );
  assert.match(await rejected(convert(sound, { provider, videoTools: tools(null) })), /cannot encode sound/);
  delete globalThis.AudioEncoder;
});

test('a video that must be encoded needs a decoder', async () => {
  const supports = (supported) => ({ isConfigSupported: async () => ({ supported }) });
  const provider = defineProvider({ rules: [{ minWidth: 100, minHeight: 100 }], sign: () => ({}) });
  const options = { provider, videoTools: ALL, allow: ['upscale', 'transcode'] };
  globalThis.VideoEncoder = supports(true);
  for (const [supported, needs] of [
    [true, undefined],
    [false, 'decoder'],
  ]) {
    globalThis.VideoDecoder = supports(supported);
    const { steps } = await plan(movie('two-sounds.mov'), options);
    assert.deepEqual(
      steps.map((step) => [step.kind, step.needs]),
      [
        ['upscale', undefined],
        ['transcode', needs],
      ],
    );
  }
  delete globalThis.VideoEncoder;
  delete globalThis.VideoDecoder;
  assert.equal((await probe(movie('two-sounds.mov'))).hasVideo, true);
});

/** A `Conversion` with this result. It records the options of the first sound. */
function scripted(result, asked = []) {
  return {
    init: async ({ input, output, audio }) => {
      const [track] = await input.getAudioTracks();
      asked.push(await audio(track));
      const execute = async () => {
        output.target.buffer = result.buffer.slice(result.byteOffset, result.byteOffset + result.length);
      };
      return { isValid: true, discardedTracks: [], execute, cancel: async () => {} };
    },
  };
}

test('a size that is planned in pixels that are not square keeps the shape of the picture', async () => {
  const { sizeOf } = await bundled("export { sizeOf } from './fix/convert.js';");
  const track = (width, height, shown) => ({
    getCodedWidth: async () => width,
    getCodedHeight: async () => height,
    getDisplayWidth: async () => shown[0],
    getDisplayHeight: async () => shown[1],
  });
  const sides = async (one, width, height, fit) => {
    const size = await sizeOf(one, { width, height, fit });
    return [size.width, size.height, size.fit];
  };
  const wide = track(360, 240, [540, 240]);
  assert.deepEqual(await sides(wide, 180, 120), [180, 80, 'fill'], 'smaller: within the planned size');
  assert.deepEqual(await sides(wide, 720, 480), [1080, 480, 'fill'], 'larger: at least the planned size');
  assert.deepEqual(await sides(wide, 300, 300, 'pad'), [300, 300, 'contain']);
  assert.deepEqual(await sides(track(360, 240, [240, 360]), 120, 180), [120, 180, 'fill'], 'rotated');
  assert.deepEqual(await sides(track(360, 240, [360, 240]), 182, 120), [182, 120, 'fill'], 'rounded');
});
