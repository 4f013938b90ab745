// Small pictures of files, made one at a time and never from a huge picture.

/** Decoding takes four bytes per pixel: 50 megapixels are 200 MB for a moment. */
const MAX_PIXELS = 50_000_000;
/** Device pixels of the tile. */
const SIZE = 144;
const MAX_SIDE = 640;
const VIDEO_MILLIS = 8000;
const FRAME_ATTEMPTS = 20;
const FRAME_MILLIS = 50;

let last = Promise.resolve();

/** Gives a canvas with the file's picture, or `undefined` where there is none to show. */
export function thumbnail(file, media, isWanted) {
  const make = async () => (isWanted() ? await picture(file, media) : undefined);
  last = last.then(make).catch(() => undefined); // the browser cannot show every format that a provider takes
  return last;
}

function picture(file, media) {
  const { storedWidth: width = media.width, storedHeight: height = media.height } = media;
  if (!width || !height || width * height > MAX_PIXELS) return undefined;
  // The type by content: under a wrong name the browser would refuse to decode it.
  const blob = file.slice(0, file.size, media.mime);
  if (media.kind === 'image') return ofImage(blob, media);
  return media.kind === 'video' ? ofVideo(blob, media.duration) : undefined;
}

async function ofImage(blob, { width, height }) {
  const scale = scaleOf(width, height);
  const size = { resizeWidth: Math.ceil(width * scale), resizeHeight: Math.ceil(height * scale) };
  const bitmap = await createImageBitmap(blob, scale < 1 ? { ...size, resizeQuality: 'medium' } : {});
  const canvas = draw(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
  return canvas;
}

async function ofVideo(blob, duration = 0) {
  const url = URL.createObjectURL(blob);
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true, preload: 'metadata' });
  try {
    const shown = happens(video, 'seeked');
    video.addEventListener('loadedmetadata', () => {
      video.currentTime = Math.min(0.5, duration / 2); // the very first picture is often black
    });
    video.src = url;
    await shown;
    if (video.videoWidth === 0) return undefined; // a browser that plays only the sound
    for (let attempt = 0; attempt < FRAME_ATTEMPTS; attempt += 1) {
      const canvas = draw(video, video.videoWidth, video.videoHeight);
      if (!isBlank(canvas)) return canvas;
      await new Promise((resolve) => setTimeout(resolve, FRAME_MILLIS)); // Chromium says `seeked` before the picture is there
    }
    return undefined;
  } finally {
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(url);
  }
}

function happens(video, event) {
  return new Promise((resolve, reject) => {
    video.addEventListener(event, resolve, { once: true });
    video.addEventListener('error', () => reject(video.error), { once: true });
    setTimeout(reject, VIDEO_MILLIS, new Error('the video shows nothing'));
  });
}

function isBlank(canvas) {
  const [, , , alpha] = canvas.getContext('2d').getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1).data;
  return alpha === 0;
}

function draw(source, width, height) {
  const scale = scaleOf(width, height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext('2d').drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** The shorter side fills the tile, as far as the longer one stays reasonable. */
function scaleOf(width, height) {
  return Math.min(1, SIZE / Math.min(width, height), MAX_SIDE / Math.max(width, height));
}
