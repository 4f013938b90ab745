// What every consumer has in it: one upload of a made picture, and how it ended, for the test to read.

import { init, upload } from 'mediaferry';

/** Uploads by the gateway that the page's address names, with what that says `init` is to be given. */
export async function run() {
  const address = new URL(location.href).searchParams;
  const [gateway, given] = [address.get('gateway'), address.get('init')];
  const start = performance.now();
  try {
    if (given) await init(JSON.parse(given));
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
