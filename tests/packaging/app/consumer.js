// What every consumer has in it: an upload of a made picture by each core, a look at a file of a rarer format, and how it ended,
// for the test to read.

import { init, probe, upload } from 'mediaferry';

/** Uploads through the gateway in the page's query, with its options for `init`. */
export async function run() {
  const query = new URL(location.href).searchParams;
  const [gateway, given] = [query.get('gateway') ?? '', query.get('init')];
  const start = performance.now();
  try {
    if (given) await init(JSON.parse(given));
    const { ref, sha256 } = await upload(await picture(), { provider: 'modelhunter', gateway });
    const large = await upload(await picture(), { provider: 'modelhunter', gateway, multipartThreshold: 1 });
    const { format } = await probe(bitmap());
    report({ ref, sha256, large: large.sha256, format });
  } catch (error) {
    const { name, code, message } = Object(error);
    report({ error: { name, code, message } });
  }
  function report(/** @type {object} */ result) {
    document.documentElement.dataset.result = JSON.stringify({ millis: performance.now() - start, ...result });
  }
}

async function picture() {
  const canvas = new OffscreenCanvas(256, 192);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('there is no canvas');
  context.fillStyle = 'teal';
  context.fillRect(32, 32, 128, 128);
  return await canvas.convertToBlob({ type: 'image/png' });
}

/** A bitmap of one pixel: of none of the formats that the core knows by itself. */
function bitmap() {
  const bytes = new DataView(new ArrayBuffer(58));
  const set = (/** @type {number} */ at, /** @type {number} */ number) => bytes.setUint32(at, number, true);
  bytes.setUint16(0, 0x424d);
  set(2, 58);
  set(10, 54);
  set(14, 40);
  for (const at of [18, 22, 26]) set(at, 1);
  bytes.setUint16(28, 24, true);
  return new Blob([bytes]);
}
