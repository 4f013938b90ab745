// A frame of a video, for its thumbnail. The page's Content-Security-Policy must allow `blob:` in media-src.

import type { Media } from '../../api/types.js';

const MAX_MILLIS = 8_000;
const FRAME_ATTEMPTS = 20;
const FRAME_MILLIS = 50;
/** Not 0, because the first frame is often black. */
const MAX_SECONDS = 0.5;

/** Reads a frame near the start of a video; `undefined` if the browser cannot play it. */
export async function readVideo(file: Blob, media: Media, side: number): Promise<HTMLCanvasElement | undefined> {
  const { duration = 0, mime } = media;
  const url = URL.createObjectURL(file.slice(0, file.size, mime));
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true, preload: 'metadata' });
  try {
    const isShown = happens(video, 'seeked');
    video.addEventListener('loadedmetadata', () => {
      video.currentTime = Math.min(MAX_SECONDS, duration / 2);
    });
    video.src = url;
    await isShown;
    // For some formats, a browser plays only the audio.
    if (video.videoWidth === 0) return undefined;
    // Chromium dispatches `seeked` before the frame is available.
    for (let attempt = 0; attempt < FRAME_ATTEMPTS; attempt += 1) {
      const canvas = draw(video, side);
      if (!isBlank(canvas)) return canvas;
      await new Promise((resolve) => setTimeout(resolve, FRAME_MILLIS));
    }
    return undefined;
  } finally {
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(url);
  }
}

function happens(video: HTMLVideoElement, event: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    video.addEventListener(event, resolve, { once: true });
    video.addEventListener('error', () => reject(video.error), { once: true });
    setTimeout(reject, MAX_MILLIS, new Error('The video shows nothing'));
  });
}

/** Draws the frame so that its shorter side has this length. */
function draw(video: HTMLVideoElement, side: number): HTMLCanvasElement {
  const { videoWidth, videoHeight } = video;
  const scale = Math.min(1, side / Math.min(videoWidth, videoHeight));
  const [width, height] = [Math.ceil(videoWidth * scale), Math.ceil(videoHeight * scale)];
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  canvas.getContext('2d')?.drawImage(video, 0, 0, width, height);
  return canvas;
}

function isBlank(canvas: HTMLCanvasElement): boolean {
  const pixel = canvas.getContext('2d')?.getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1).data;
  return pixel?.[3] === 0;
}
