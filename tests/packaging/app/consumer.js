// What every consumer has in it: one upload of a made picture, and how it ended, for the test to read.

import { upload } from 'mediaferry';

/** Uploads by the gateway that the page's address names. */
export async function run() {
  const gateway = new URL(location.href).searchParams.get('gateway');
  const start = performance.now();
  try {
    const { ref, sha256 } = await upload(await picture(), { provider: 'modelhunter', gateway });
    tell({ ref, sha256 });
  } catch ({ name, code, message }) {
    tell({ error: { name, code, message } });
  }
  function tell(result) {
    document.documentElement.dataset.result = JSON.stringify({ millis: performance.now() - start, ...result });
  }
}

async function picture() {
  const canvas = new OffscreenCanvas(256, 192);
  const context = canvas.getContext('2d');
  context.fillStyle = 'teal';
  context.fillRect(32, 32, 128, 128);
  return await canvas.convertToBlob({ type: 'image/png' });
}
