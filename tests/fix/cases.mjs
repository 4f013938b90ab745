// Files that break a limit of a provider: real ones of a corpus, ones made here, and recipes for the page to draw.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ask } from '../../scripts/lib/run.mjs';
import { which } from '../../scripts/lib/which.mjs';

const named = process.env.MEDIAFERRY_CORPUS;

/** The folder of the corpus, which may not exist. */
export const CORPUS = fileURLToPath(
  named ? pathToFileURL(`${named}/`) : new URL('../../../shared/media/', import.meta.url),
);

/** Everything that is allowed, so that a plan exists for everything that can be fixed. */
const ALL = [
  'strip-metadata',
  'remux',
  'faststart',
  'convert',
  'pad',
  'upscale',
  'downscale',
  'compress',
  'trim',
  'transcode',
];
const CROP = ALL.map((kind) => (kind === 'pad' ? 'crop' : kind));

/** The corpus's files of these classes, by their paths; none without a corpus. */
export function corpusFiles(classes) {
  const manifest = join(CORPUS, 'manifest.json');
  if (!existsSync(manifest)) return [];
  return JSON.parse(readFileSync(manifest, 'utf8')).files.filter((file) => classes.includes(file.class));
}

/** Real files at the two providers with formats and sizes of their own. Those that are accepted are no cases. */
function real() {
  const files = corpusFiles(['ok', 'reject']).filter(({ mime }) => /^(image|video)\//.test(mime ?? ''));
  return files.flatMap(({ path, mime }) => {
    const providers = mime.startsWith('video/') ? ['modelhunter'] : ['modelhunter', 'worldrouter'];
    return providers.map((provider) => ({ name: path, url: `/corpus/${path}`, provider, allow: ALL }));
  });
}

/** Pictures that the page draws. Noise is what compresses worst. */
function drawn() {
  const cases = [];
  const add = (recipe, options) => {
    const { width, height, type } = recipe;
    cases.push({ name: `${type.slice(6)} ${width} × ${height}`, recipe, allow: ALL, ...options });
  };
  const dashboard = { provider: 'worldrouter', limit: 'dashboard' };
  for (const type of ['image/jpeg', 'image/png', 'image/webp']) {
    // Above 4 MB.
    for (const [width, height] of [
      [2100, 1500],
      [1500, 2200],
      [3000, 1200],
      [2400, 2400],
      [4000, 1000],
      [1234, 3210],
    ])
      add({ type, width, height, noise: 1 }, dashboard);
    // Above 4:1, below 128 pixels, and both.
    for (const [width, height] of [
      [1000, 200],
      [200, 1000],
      [4001, 1000],
      [129, 600],
      [2000, 130],
      [640, 159],
    ])
      for (const allow of [ALL, CROP]) add({ type, width, height, noise: 0.1 }, { provider: 'modelhunter', allow });
    for (const [width, height] of [
      [100, 100],
      [127, 128],
      [128, 127],
      [1, 1],
      [640, 60],
      [16, 600],
    ])
      add({ type, width, height, noise: 0.1 }, { provider: 'modelhunter' });
  }
  // Below 4 MB but for their metadata.
  for (const [width, height] of [
    [900, 700],
    [700, 900],
    [1000, 640],
  ])
    add({ type: 'image/jpeg', width, height, noise: 0.5, metadata: 4_000_000 }, dashboard);
  return cases;
}

/** Windows bitmaps, which two providers do not accept. */
function bitmaps(folder) {
  const cases = [];
  for (const bits of [8, 24, 32]) {
    for (const [width, height] of [
      [640, 480],
      [300, -200],
      [2000, 1500],
    ]) {
      const name = `${bits}-${width}x${height}.bmp`;
      writeFileSync(join(folder, name), bitmap(width, height, bits));
      for (const provider of ['modelhunter', 'worldrouter'])
        cases.push({ name, url: `/made/${name}`, provider, allow: ALL });
    }
  }
  return cases;
}

/** A bitmap with a gradient. A negative height is stored from the top. */
function bitmap(width, height, bits) {
  const rows = Math.abs(height);
  const palette = bits === 8 ? 1024 : 0;
  const stride = Math.ceil((width * bits) / 32) * 4;
  const bytes = Buffer.alloc(54 + palette + stride * rows);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54 + palette, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(bits, 28);
  bytes.writeUInt32LE(stride * rows, 34);
  for (let color = 0; color < palette / 4; color++) bytes.fill(color, 54 + color * 4, 57 + color * 4);
  for (let y = 0; y < rows; y++) for (let x = 0; x < stride; x++) bytes[54 + palette + y * stride + x] = (x + y) & 255;
  return bytes;
}

/** Videos that ffmpeg makes; none without it. */
async function videos(folder) {
  if (!which('ffmpeg')) return [];
  const picture = (size, rate = 10) => ['-f', 'lavfi', '-i', `testsrc=size=${size}:rate=${rate}`];
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440'];
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  const made = {
    'plain.mov': [...picture('320x240'), ...sound, '-t', '3', ...h264, '-c:a', 'aac'],
    'silent.mov': [...picture('640x360'), '-t', '2', ...h264],
    'front.mov': [...picture('320x240'), ...sound, '-t', '3', ...h264, '-c:a', 'aac', '-movflags', '+faststart'],
    'place.mov': [
      ...picture('320x240'),
      ...sound,
      '-t',
      '3',
      ...h264,
      '-c:a',
      'aac',
      '-metadata',
      'location=+48.85+002.35/',
    ],
    'stereo.mov': [...picture('480x270'), ...sound, '-t', '4', '-ac', '2', ...h264, '-c:a', 'aac'],
    'pcm.mov': [...picture('320x240'), ...sound, '-t', '2', ...h264, '-c:a', 'pcm_s16le'],
    'plain.mkv': [...picture('320x240'), ...sound, '-t', '3', ...h264, '-c:a', 'aac'],
    'silent.mkv': [...picture('320x240'), '-t', '3', ...h264],
    'long.mp4': [...picture('64x48', 1), '-t', '640', ...h264, '-g', '10'],
    'longer.mp4': [...picture('96x64', 1), ...sound, '-t', '900', ...h264, '-g', '5', '-c:a', 'aac', '-b:a', '24k'],
  };
  const cases = [];
  for (const [name, options] of Object.entries(made)) {
    const path = join(folder, name);
    await ask(['ffmpeg', '-v', 'error', '-y', ...options, path], { seconds: 120 });
    if (existsSync(path)) cases.push({ name, url: `/made/${name}`, provider: 'modelhunter', allow: ALL });
  }
  return cases;
}

/** All cases. Files that are made are in `folder`. */
export async function makeCases(folder) {
  mkdirSync(folder, { recursive: true });
  return [...drawn(), ...bitmaps(folder), ...(await videos(folder)), ...real()];
}
