// The worker that draws images. Each drawing has its own worker, which is then terminated to free its memory.

import { type Drawing, draw } from './draw.js';
import type { Decodable } from './upright.js';

/** A drawing, as the page sends it. */
export interface DrawRequest {
  source: Decodable;
  drawing: Drawing;
}

addEventListener('message', async ({ data: { source, drawing } }: MessageEvent<DrawRequest>) => {
  try {
    postMessage({ drawn: await draw(source, drawing) });
  } catch (error) {
    postMessage({ error });
  }
});
postMessage('ready');
